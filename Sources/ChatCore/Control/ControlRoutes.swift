import Chat
import HTTP
import Logging
import Program
import Storage

/// The operations that a running server offers over its control socket.
enum ControlRoutes {
    static func table(
        accounts: Accounts, store: any StoreAdministration, keys: KeyGuard, rewrapping: Rewrapping,
        audit: AuditLog, observer: Observer, logger: Logger
    ) -> [Route] {
        [
            Route(.post, ListUsers.target, ListUsers(accounts: accounts)),
            Route(.post, ResetPassword.target, ResetPassword(accounts: accounts, audit: audit)),
            Route(.post, RenameUser.target, RenameUser(accounts: accounts, audit: audit)),
            Route(.post, SignOutUser.target, SignOutUser(accounts: accounts, audit: audit)),
            Route(
                .post, DeleteUser.target,
                DeleteUser(accounts: accounts, store: store, audit: audit)),
            Route(.post, CreateInvites.target, CreateInvites(accounts: accounts)),
            Route(.post, ListInvites.target, ListInvites(accounts: accounts)),
            Route(.post, RevokeInvite.target, RevokeInvite(accounts: accounts)),
            Route(.post, FoldStore.target, FoldStore(store: store)),
            Route(
                .post, BackUpStore.target,
                BackUpStore(store: store, note: observer.note, worker: observer.worker)),
            Route(.post, ShowServerStatus.target, ShowServerStatus(observer: observer)),
            Route(.post, SetLogLevel.target, SetLogLevel(logger: logger)),
            Route(.post, ForgetKey.target, ForgetKey(keys: keys)),
            Route(.post, RewrapStore.target, RewrapStore(rewrapping: rewrapping)),
            Route(.post, RewrapProgress.target, RewrapProgress(rewrapping: rewrapping)),
        ]
    }
}

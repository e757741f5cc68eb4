import Chat
import EventLoop
import HTTP
import Logging
import Program
import Storage

/// The operations that a running server offers over its control socket.
struct ControlRoutes: Sendable {
    let services: Services
    let store: any StoreAdministration
    let rewrapping: Rewrapping
    let shared: SharedSecretRotation
    let observer: Observer
    let logger: Logger
    /// Sorts lists of people.
    let worker: WorkerPool

    var table: [Route] { users + stored + secrets }

    private var secrets: [Route] {
        [
            Route(
                .post, RotateSecret.target,
                RotateSecret(
                    sessionKeys: services.sessionKeys, push: services.push?.identity,
                    subscriptions: services.subscriptions, shared: shared, logger: logger))
        ]
    }

    private var users: [Route] {
        let (accounts, audit) = (services.accounts, services.audit)
        let people = People(accounts: accounts, store: store, services: services, worker: worker)
        return [
            Route(.post, ListUsers.target, ListUsers(people: people)),
            Route(.post, ShowUser.target, ShowUser(people: people)),
            Route(.post, ListLimited.target, ListLimited(people: people)),
            Route(
                .post, DisableUser.target,
                DisableUser(accounts: accounts, polls: services.polls, audit: audit)),
            Route(.post, EnableUser.target, EnableUser(accounts: accounts, audit: audit)),
            Route(.post, ResetPassword.target, ResetPassword(accounts: accounts, audit: audit)),
            Route(.post, RenameUser.target, RenameUser(accounts: accounts, audit: audit)),
            Route(
                .post, SignOutUser.target,
                SignOutUser(accounts: accounts, polls: services.polls, audit: audit)),
            Route(
                .post, DeleteUser.target,
                DeleteUser(accounts: accounts, store: store, audit: audit)),
            Route(.post, CreateInvites.target, CreateInvites(accounts: accounts)),
            Route(.post, ListInvites.target, ListInvites(accounts: accounts)),
            Route(.post, RevokeInvite.target, RevokeInvite(accounts: accounts)),
        ]
    }

    private var stored: [Route] {
        [
            Route(.post, FoldStore.target, FoldStore(store: store)),
            Route(
                .post, BackUpStore.target,
                BackUpStore(
                    store: store, lastBackup: services.lastBackup, logger: logger)),
            Route(
                .post, NoteBackupCheck.target,
                NoteBackupCheck(lastBackup: services.lastBackup, logger: logger)),
            Route(.post, ShowServerStatus.target, ShowServerStatus(observer: observer)),
            Route(.post, SetLogLevel.target, SetLogLevel(logger: logger)),
            Route(.post, ForgetKey.target, ForgetKey(keys: services.keys)),
            Route(.post, RewrapStore.target, RewrapStore(rewrapping: rewrapping)),
            Route(.post, RewrapProgress.target, RewrapProgress(rewrapping: rewrapping)),
        ]
    }
}

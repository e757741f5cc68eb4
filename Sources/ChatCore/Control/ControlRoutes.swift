import Chat
import HTTP
import Storage

/// What can be asked of a running server by whoever may open its control socket.
enum ControlRoutes {
    static func table(
        store: any StoreAdministration, keys: KeyGuard, rewrapping: Rewrapping,
        users: AdministerUsers,
        invites: AdministerInvites
    ) -> [Route] {
        users.routes + invites.routes + [
            Route(.post, FoldStore.target, FoldStore(store: store)),
            Route(.post, ForgetKey.target, ForgetKey(keys: keys)),
            Route(.post, BackUpStore.target, BackUpStore(store: store)),
            Route(.post, RewrapStore.target, RewrapStore(rewrapping: rewrapping).start),
            Route(.post, RewrapStore.progressTarget, RewrapStore(rewrapping: rewrapping).progress),
        ]
    }
}

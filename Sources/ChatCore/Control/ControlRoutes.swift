import Chat
import HTTP
import Storage

/// What can be asked of a running server by whoever may open its control socket.
enum ControlRoutes {
    static func table(
        store: JSONStore, rewrapping: Rewrapping, users: AdministerUsers
    ) -> [Route] {
        users.routes + [
            Route(.post, "/store/fold", FoldStore(store: store).answer),
            Route(.post, "/store/backup", BackUpStore(store: store).answer),
            Route(.post, "/store/rewrap", RewrapStore(rewrapping: rewrapping).start),
            Route(.post, "/store/rewrap/progress", RewrapStore(rewrapping: rewrapping).progress),
        ]
    }
}

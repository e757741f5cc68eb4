import HTTP
import Storage

/// What can be asked of a running server by whoever may open its control socket.
enum ControlRoutes {
    static func table(store: JSONStore) -> [Route] {
        [
            Route(.post, "/store/fold", FoldStore(store: store).answer),
            Route(.post, "/store/backup", BackUpStore(store: store).answer),
        ]
    }
}

#if Postgres
    package import EventLoop
    package import Logging

    /// One task that waits for a connection. Nobody can cut the thread short that makes it.
    private typealias Connecting = Waiter<Result<MadeConnection, DatabaseFault>>

    extension PostgresStore {
        /// Returns whether libpq can read this connection string.
        package static func canRead(url: String) -> Bool { LibPQConnector.canRead(url) }

        /// A store of the database at this address. It connects once it is used.
        ///
        /// - Parameters:
        ///   - url: libpq's connection string. It may name several hosts.
        ///   - workers: Threads that connect, since libpq looks up names meanwhile.
        package init(
            url: String, password: String?, workers: WorkerPool, loop: EventLoop, logger: Logger
        ) {
            let connector = Connector { () async throws(DatabaseFault) in
                let connecting = LoopBound(Connecting(), to: loop)
                let made = await connecting.value.wait(
                    on: loop,
                    onCancel: {
                        connecting.value.resume(
                            returning: .failure(.lost("the store is being closed")))
                    },
                    beginning: { _ in
                        workers.run(
                            { LibPQConnector.connect(url, password: password) }, thenOn: loop
                        ) { made in
                            // Nobody waits for a connection that took longer than the store.
                            if !connecting.value.resume(returning: made) {
                                (try? made.get())?.close()
                            }
                        }
                        return nil
                    })
                return try LibPQSession(try made.get(), loop: loop)
            }
            self.init(connector, loop: loop, logger: logger)
        }
    }
#endif

#if Postgres
    package import EventLoop
    package import Logging

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
                let made: Result<MadeConnection, DatabaseFault>
                do {
                    made = try await workers.run { LibPQConnector.connect(url, password: password) }
                } catch {
                    throw .lost("too many connections are made at once")
                }
                return try LibPQSession(try made.get(), loop: loop)
            }
            self.init(connector, loop: loop, logger: logger)
        }
    }
#endif

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
                let session = try LibPQSession(try made.get(), loop: loop)
                try await Self.keepPlans(of: session, until: loop.now + .seconds(3))
                return session
            }
            self.init(connector, loop: loop, logger: logger)
        }

        /// Has each statement planned once. PostgreSQL would plan those with lists anew each time
        /// for the lengths of the lists, which takes longer than to run them.
        private static func keepPlans(
            of session: LibPQSession, until deadline: MonotonicTime
        ) async throws(DatabaseFault) {
            let setting = Statement("", "SET plan_cache_mode = force_generic_plan")
            do throws(DatabaseFault) {
                _ = try await session.run([setting], until: deadline)
            } catch {
                // Another engine may not know the setting.
                guard session.isUsable else { throw error }
            }
        }
    }
#endif

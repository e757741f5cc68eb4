#if Postgres
    import Encoding
    import EventLoop
    import Logging
    import Storage
    import TestSupport
    import Testing

    @testable import PostgresStore

    @Suite struct ClosingTests {
        /// libpq's thread waits for such a server for as long as the URL says.
        @Test(.timeLimit(.minutes(1)))
        func `a store ends while it connects to a database that does not answer`() throws {
            let loop = try EventLoop()
            let workers = WorkerPool(threads: 2, waitingMax: 16)
            defer { workers.abandon() }
            try loop.run {
                let silent = try Listener(.ipv4(0x7f00_0001, port: 0), loop: loop)
                let store = PostgresStore(
                    url: "postgres://ana@\(silent.address)/ana?connect_timeout=3600",
                    password: nil, workers: workers, loop: loop, logger: .silent)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask(executorPreference: loop) { await store.maintain() }
                    group.addTask(executorPreference: loop) {
                        _ = try? await store.user(UserID("ana"))
                    }
                    let connection = try await silent.accept()
                    await store.close()
                    try await group.waitForAll()
                    withExtendedLifetime(connection) {}
                }
            }
        }
    }
#endif

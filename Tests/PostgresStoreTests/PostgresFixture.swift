#if Postgres
    import EventLoop
    import Logging
    import StoreConformance
    import Storage
    import Synchronization
    import TestSupport

    @testable import PostgresStore

    /// A store in a schema of its own. Several stores may share it.
    final class PostgresFixture: StoreFixture {
        private let loop: EventLoop
        private let workers: WorkerPool
        private let url: String
        private let stores: AsyncStream<PostgresStore>.Continuation
        private let current = Mutex<PostgresStore?>(nil)

        private init(
            _ loop: EventLoop, _ url: String, _ workers: WorkerPool,
            _ stores: AsyncStream<PostgresStore>.Continuation
        ) {
            self.loop = loop
            self.url = url
            self.workers = workers
            self.stores = stores
        }

        /// Runs a test on a loop, on which its stores do their work.
        static func run(
            _ body: @escaping @Sendable (PostgresFixture) async throws -> Void
        ) throws {
            let server = try DatabaseServer.shared.get()
            let loop = try EventLoop()
            let workers = WorkerPool(threads: 2, waitingMax: 64)
            defer { workers.stop() }
            try loop.run {
                let (stream, stores) = AsyncStream<PostgresStore>.makeStream()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask(executorPreference: loop) {
                        await withDiscardingTaskGroup { group in
                            for await store in stream {
                                group.addTask(executorPreference: loop) { await store.maintain() }
                            }
                            group.cancelAll()
                        }
                    }
                    defer { stores.finish() }
                    let (url, name) = server.place()
                    try await Self.makeSchema(name, url, workers, loop)
                    let fixture = PostgresFixture(loop, server.url(of: name), workers, stores)
                    try await body(fixture)
                }
            }
        }

        /// Makes a role whose tables are in a schema of its own.
        private static func makeSchema(
            _ name: String, _ url: String, _ workers: WorkerPool, _ loop: EventLoop
        ) async throws {
            let store = PostgresStore(
                url: url, password: nil, workers: workers, loop: loop, logger: .silent)
            try await store.runAlone([
                "CREATE ROLE \(name) SUPERUSER LOGIN", "CREATE SCHEMA \(name)",
                "ALTER ROLE \(name) SET search_path = \(name)",
            ])
        }

        /// Starts one more store over the same schema.
        ///
        /// - Parameter wrap: Puts a session in the place of each that is made.
        func start(
            _ wrap: (@Sendable (any DatabaseSession) -> any DatabaseSession)? = nil
        ) async throws -> PostgresStore {
            let store = PostgresStore(
                url: url, password: nil, workers: workers, loop: loop, logger: .silent)
            try await store.checkSchema()
            guard let wrap else {
                stores.yield(store)
                return store
            }
            let inner = await store.connector
            let wrapped = PostgresStore(
                Connector { () async throws(DatabaseFault) in wrap(try await inner.connect()) },
                loop: loop, logger: .silent)
            stores.yield(wrapped)
            return wrapped
        }

        func open() async throws -> any ChatStore {
            let store = PostgresStore(
                url: url, password: nil, workers: workers, loop: loop, logger: .silent)
            _ = try await store.migrate()
            let started = try await start()
            current.withLock { $0 = started }
            return started
        }

        func restart() async throws -> any ChatStore {
            await current.withLock { $0 }?.close()
            let started = try await start()
            current.withLock { $0 = started }
            return started
        }

        func crash() throws -> any ChatStore { throw StorageFault.absent }
    }

    extension PostgresStore {
        /// Runs statements on a connection of their own.
        func runAlone(_ statements: [String]) async throws {
            let session = try await connector.connect()
            defer { session.close() }
            _ = try await session.run(
                statements.map { Statement("", $0) }, until: .current() + .seconds(10))
        }
    }
#endif

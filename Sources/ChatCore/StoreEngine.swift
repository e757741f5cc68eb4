import EventLoop
import Logging
import Program
import Storage

#if Postgres
    import PostgresStore

    /// The store behind the rules: in a folder, or in a database.
    typealias ServedStore = any RunningStore

    /// A store with the work that a running server does for it.
    protocol RunningStore: StoreAdministration {
        var isNew: Bool { get }
        func maintain() async
        func close() async
    }

    extension JSONStore: RunningStore {}

    extension PostgresStore: RunningStore {
        /// A server makes no database. `ChatCore store migrate` does.
        nonisolated var isNew: Bool { false }
    }

    extension DatabaseSettings {
        private static let connectingThreads = 2
        private static let connectsWaitingMax = 16

        /// Returns the store of the database, which has not been connected to yet.
        func store(loop: EventLoop, logger: Logger) -> PostgresStore {
            PostgresStore(
                url: url, password: password,
                workers: WorkerPool(
                    threads: Self.connectingThreads, waitingMax: Self.connectsWaitingMax),
                loop: loop, logger: logger)
        }
    }

    extension ServerProcess {
        func openDatabase(
            _ database: DatabaseSettings
        ) async throws(StartFailure) -> ServedStore {
            let store = database.store(loop: loop, logger: logger)
            do throws(StorageFault) { try await store.checkSchema() } catch {
                let option = Defaults.postgresURL.option("--postgres-url")
                switch error {
                case .refused(let why): throw StartFailure(why)
                case .failed(let why): throw StartFailure("\(option): \(why)")
                default: throw StartFailure("\(option): \(error)")
                }
            }
            return store
        }
    }
#else
    typealias ServedStore = JSONStore
#endif

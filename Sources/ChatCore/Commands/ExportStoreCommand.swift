import ArgumentParser
import EventLoop
import Logging
import Program
import Storage

#if Postgres
    import PostgresStore
#endif

struct ExportStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a whole store into one file, to move it to another engine.",
        discussion: """
            For a stopped server, or a database that no server uses any more. The file holds every \
            account and message, the contents as Cipher sealed them, under a checksum. `ChatCore \
            store import FILE` makes a store of it. What an export that was interrupted has left \
            is replaced by the next one.
            """)

    @Argument(help: "A file that does not exist yet.")
    var file: String

    @OptionGroup var data: DataOption
    @OptionGroup var place: StoreOptions

    func run() throws {
        let (path, file) = (try data.path(), self.file)
        let database = try place.settings()
        let loop = try EventLoop()
        let logger = LineLog.bootstrap(label: "ChatCore", level: .warning)
        let summary = try loop.run {
            try await StoreMove.failing(database, data: path, file: file) {
                #if Postgres
                    if let database {
                        return try await database.store(loop: loop, logger: logger)
                            .export(to: file)
                    }
                #endif
                return try await StoreFolder(path).export(to: file)
            }
        }
        Output.line("\(file) holds the store: \(summary.counts)")
    }
}

struct ImportStoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a store of a file that `store export` wrote.",
        discussion: """
            Into a data folder or a database that holds nobody yet, and that no server uses. Every \
            record is compared at the end. An import that was interrupted is run again: into a \
            database it goes on where it stopped, into a folder it begins anew. Everybody's lists \
            are read anew by their clients.
            """)

    @Argument(help: "A file that `ChatCore store export` wrote.")
    var file: String

    @OptionGroup var data: DataOption
    @OptionGroup var place: StoreOptions

    func run() throws {
        let (path, file) = (try data.path(), self.file)
        let database = try place.settings()
        let loop = try EventLoop()
        let logger = LineLog.bootstrap(label: "ChatCore", level: .warning)
        let summary = try loop.run {
            try await StoreMove.failing(database, data: path, file: file) {
                #if Postgres
                    if let database {
                        let store = database.store(loop: loop, logger: logger)
                        return try await store.importStore(from: file, StoreMove.tell)
                    }
                #endif
                return try await StoreFolder(path).importStore(from: file)
            }
        }
        let target = database == nil ? path : "the database"
        Output.line("\(target) holds all of \(file), compared record by record: \(summary.counts)")
    }
}

/// The parts that both directions share.
private enum StoreMove {
    /// Turns a fault into a line that says what to do.
    static func failing<Outcome: Sendable>(
        _ database: DatabaseSettings?, data: String, file: String,
        _ work: () async throws -> Outcome
    ) async throws -> Outcome {
        do { return try await work() } catch {
            if let failure = error as? StartFailure { throw failure }
            guard let fault = error as? StorageFault else {
                throw StartFailure("the database: \(error); run the command again")
            }
            switch fault {
            case .refused(let why): throw StartFailure(why)
            case .damaged(file, let offset, let why):
                let place = offset.map { " at byte \($0)" } ?? ""
                throw StartFailure("\(file) is damaged\(place): \(why); copy it again")
            default: break
            }
            guard database != nil else { throw StartFailure(fault, data: data) }
            if case .failed(let why) = fault { throw StartFailure(why) }
            throw StartFailure("\(fault)")
        }
    }

    #if Postgres
        /// Says now and then how far an import came.
        static func tell(_ progress: ImportProgress) {
            guard progress.messages > 0, progress.messages % 100_000 == 0 else { return }
            Output.line("\(progress.messages) messages are stored")
        }
    #endif
}

extension ExportSummary {
    fileprivate var counts: String {
        "\(counted(users, "user")), \(counted(messages, "message"))"
    }
}

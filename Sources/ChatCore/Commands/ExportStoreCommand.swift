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
            account, message and photo, the contents as Cipher sealed them, under checksums. \
            `ChatCore store import FILE` makes a store of it. The next export replaces the \
            unfinished file of an interrupted one.
            """)

    @Argument(help: "A file that does not exist yet.")
    var file: String

    @OptionGroup var data: DataOption
    @OptionGroup var place: StoreOptions

    func run() throws {
        let summary = try StoreMove(data, place, file: file).run { [file] engine in
            switch engine {
            case .folder(let folder): try await folder.export(to: file)
            #if Postgres
                case .database(let store): try await store.export(to: file)
            #endif
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
            Into a data folder or a database that holds nobody yet, and that no server uses. \
            Every record and photo is compared at the end. An import that was interrupted is run \
            again: into a database it goes on where it stopped, into a folder it begins anew. \
            Everybody's lists are read anew by their clients.
            """)

    @Argument(help: "A file that `ChatCore store export` wrote.")
    var file: String

    @OptionGroup var data: DataOption
    @OptionGroup var place: StoreOptions

    func run() throws {
        let move = try StoreMove(data, place, file: file)
        let summary = try move.run { [file] engine in
            switch engine {
            case .folder(let folder): try await folder.importStore(from: file)
            #if Postgres
                case .database(let store):
                    try await store.importStore(from: file, StoreMove.tell)
            #endif
            }
        }
        let target = move.database == nil ? move.path : "the database"
        Output.line("\(target) holds all of \(file), compared record by record: \(summary.counts)")
    }
}

/// The place of a store that is moved, and the file.
private struct StoreMove {
    enum Engine: Sendable {
        case folder(StoreFolder)
        #if Postgres
            case database(PostgresStore)
        #endif
    }

    let path: String
    let database: DatabaseSettings?
    private let file: String

    init(_ data: DataOption, _ place: StoreOptions, file: String) throws(StartFailure) {
        path = try data.path()
        database = try place.settings()
        self.file = file
    }

    func run(
        _ work: @escaping @Sendable (Engine) async throws -> ExportSummary
    ) throws -> ExportSummary {
        let loop = try EventLoop()
        let logger = LineLog.bootstrap(label: "ChatCore", level: .warning)
        return try loop.run { try await failing { try await work(engine(loop, logger)) } }
    }

    private func engine(_ loop: EventLoop, _ logger: Logger) -> Engine {
        #if Postgres
            if let database { return .database(database.store(loop: loop, logger: logger)) }
        #endif
        return .folder(StoreFolder(path))
    }

    /// Turns a fault into a line that says what to do.
    private func failing(
        _ work: () async throws -> ExportSummary
    ) async throws -> ExportSummary {
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
            guard database != nil else { throw StartFailure(fault, data: path) }
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
            + (photos > 0 ? ", \(counted(photos, "photo"))" : "")
            + (missingPhotos > 0 ? "; \(counted(missingPhotos, "photo")) of messages missing" : "")
    }
}

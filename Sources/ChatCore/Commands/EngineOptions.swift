import ArgumentParser
import Cryptography
import Encoding
import EventLoop
import Program

#if Postgres
    import Logging
    import PostgresStore
    import Storage
#endif

/// The place of the store.
enum StoreKind: String, CaseIterable, ExpressibleByArgument {
    case json, postgres
}

/// The address of the database, and the password if a file has it.
struct DatabaseSettings: Sendable {
    let url: String
    let password: String?
}

extension Defaults {
    static let store = EnvironmentDefault("CHATCORE_STORE", StoreKind.json)
    static let postgresURL = EnvironmentDefault<String>("CHATCORE_POSTGRES_URL")
    static let postgresPasswordFile = EnvironmentDefault<String>("CHATCORE_POSTGRES_PASSWORD_FILE")
}

struct DatabaseOptions: ParsableArguments {
    @Option(
        help: Defaults.postgresURL.help(
            "The database's connection string; it may name several hosts.", valueName: "url"))
    var postgresUrl: String?

    @Option(
        help: Defaults.postgresPasswordFile.help(
            "A file with the password of the database.", valueName: "path"))
    var postgresPasswordFile: String?

    func settings() throws(StartFailure) -> DatabaseSettings {
        let option = Defaults.postgresURL.option("--postgres-url")
        #if Postgres
            guard let url = try Defaults.postgresURL.optional(postgresUrl) else {
                throw StartFailure("a store in PostgreSQL needs \(option)")
            }
            guard PostgresStore.canRead(url: url) else {
                throw StartFailure("\(option) is no connection string that libpq can read")
            }
            return DatabaseSettings(url: url, password: try password())
        #else
            throw StartFailure(
                "\(Defaults.store.option("--store")) postgres and \(option) need a ChatCore that "
                    + "was built with `swift build --traits Postgres`")
        #endif
    }

    private func password() throws(StartFailure) -> String? {
        guard let path = try Defaults.postgresPasswordFile.optional(postgresPasswordFile)
        else { return nil }
        let option = Defaults.postgresPasswordFile.option("--postgres-password-file")
        var bytes = try StartFailure.naming(option) { () throws(StartFailure) in
            try SecretFile.contents(of: path)
        }
        defer { wipe(&bytes) }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.isEmpty, let text = String(validating: line, as: UTF8.self) else {
            throw StartFailure("\(option): \(path) does not begin with a password")
        }
        return text
    }
}

/// The options that say where the store is.
struct StoreOptions: ParsableArguments {
    @Option(help: Defaults.store.help("Where accounts and messages are kept: json or postgres."))
    var store: StoreKind?

    @OptionGroup var database: DatabaseOptions

    /// Nil if the store is in the data folder.
    func settings() throws(StartFailure) -> DatabaseSettings? {
        guard try Defaults.store.value(store) == .postgres else { return nil }
        return try database.settings()
    }
}

extension ServeCommand {
    func settingsWithEngine(loop: EventLoop) throws(StartFailure) -> Settings {
        var settings = try settings(loop: loop)
        settings.database = try engine.settings()
        return settings
    }
}

#if Postgres
    struct MigrateCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "migrate",
            abstract: "Make or update the tables of a store in PostgreSQL.")

        @OptionGroup var database: DatabaseOptions

        func run() throws {
            let loop = try EventLoop()
            let settings = try database.settings()
            let logger = LineLog.bootstrap(label: "ChatCore", level: .notice)
            let report = try loop.run {
                do { return try await settings.store(loop: loop, logger: logger).migrate() } catch {
                    throw StartFailure("the database: \(error)")
                }
            }
            let applied = report.applied.map(String.init).joined(separator: ", ")
            print(
                report.applied.isEmpty
                    ? "The schema is \(report.newest) already; nothing was changed."
                    : "Applied \(applied); the schema is \(report.newest).")
        }
    }
#endif

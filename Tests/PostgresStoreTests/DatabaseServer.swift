#if Postgres
    import Foundation
    import Synchronization

    /// A PostgreSQL of Debian's package, in a temporary folder, for all tests of this process.
    ///
    /// `script/postgres` holds it, and stops it once this process has ended in whatever way.
    final class DatabaseServer: Sendable {
        static let shared = Result { try DatabaseServer() }

        let folder: String
        private let lastNumber = Atomic(0)
        private let input: FileHandle

        private init() throws {
            folder = NSTemporaryDirectory() + "postgres-\(UUID().uuidString.prefix(8))"
            let process = Process()
            let pipe = Pipe()
            input = pipe.fileHandleForWriting
            process.executableURL = URL(filePath: "/bin/bash")
            let script = URL(filePath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "script/postgres")
            process.arguments = [script.path, folder]
            process.standardInput = pipe
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let deadline = Date().addingTimeInterval(120)
            while !FileManager.default.fileExists(atPath: folder + "/ready") {
                guard Date() < deadline else { throw ServerDidNotStart(folder: folder) }
                usleep(20_000)
            }
        }

        /// Returns the connection string of the server, and a name that no other test has.
        func place() -> (url: String, name: String) {
            let number = lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
            return ("host=\(folder) dbname=postgres user=postgres", "case\(number)")
        }

        func url(of name: String) -> String { "host=\(folder) dbname=postgres user=\(name)" }
    }

    struct ServerDidNotStart: Error {
        let folder: String
    }
#endif

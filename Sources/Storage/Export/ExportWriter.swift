import Synchronization
internal import EventLoop

/// Writes a file of `store export`, some records at a time, on a thread of its own.
package final class ExportWriter: Sendable {
    private let file: ExportFile
    private let threads = DiskThreads()
    private let writer: Mutex<SnapshotWriter>

    private init(_ file: ExportFile, _ writer: SnapshotWriter) {
        self.file = file
        self.writer = Mutex(writer)
    }

    /// - Throws: `.refused` if the file is there or cannot be made.
    package static func begin(_ path: String) async throws(StorageFault) -> ExportWriter {
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            let file = ExportFile(path)
            return ExportWriter(file, SnapshotWriter(try file.begin()))
        }
    }

    package func add(_ users: [UserRecord]) async throws(StorageFault) {
        try await write { (writer: inout SnapshotWriter) throws(SystemCallError) in
            for user in users { try writer.add(user: user.json()) }
        }
    }

    /// Ends the users. Messages follow.
    package func endUsers() async throws(StorageFault) {
        try await write { (writer: inout SnapshotWriter) throws(SystemCallError) in
            writer.endUsers()
        }
    }

    package func add(_ messages: [StoredMessage]) async throws(StorageFault) {
        try await write { (writer: inout SnapshotWriter) throws(SystemCallError) in
            for message in messages {
                _ = try writer.add(message: MessageRecord.json(message).span)
            }
        }
    }

    /// Makes the file durable, and gives it its name.
    package func finish(_ head: ExportHead) async throws(StorageFault) {
        try await write { (writer: inout SnapshotWriter) throws(SystemCallError) in
            _ = try writer.finish(head.meta)
        }
        try await threads.background.perform { [file] () throws(StorageFault) in
            try file.finish()
        }
        threads.stop()
    }

    /// Removes the unfinished file.
    package func abandon() async {
        _ = try? await threads.background.perform { [file] () throws(StorageFault) in
            file.abandon()
        }
        threads.stop()
    }

    private func write(
        _ work: @escaping @Sendable (inout SnapshotWriter) throws(SystemCallError) -> Void
    ) async throws(StorageFault) {
        try await threads.background.perform { [self] () throws(StorageFault) in
            do throws(SystemCallError) {
                try writer.withLock { writer throws(SystemCallError) in try work(&writer) }
            } catch { throw file.refusal(error) }
        }
    }
}

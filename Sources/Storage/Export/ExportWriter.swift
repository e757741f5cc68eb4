import Synchronization
internal import Encoding
internal import EventLoop

/// Writes a file of `store export`, some records at a time, on a thread of its own.
package final class ExportWriter: Sendable {
    private let file: ExportFile
    private let bytes: any DiskFile
    private let threads = DiskThreads()
    private let writer: Mutex<SnapshotWriter>
    private let photos = Mutex(PhotoState())

    /// The photos behind the records.
    private struct PhotoState {
        /// The length of the file so far.
        var length: Int64 = 0
        /// The checksum of the photo that is being written.
        var checksum = CRC32C()
    }

    private init(_ file: ExportFile) throws(StorageFault) {
        self.file = file
        bytes = try file.begin()
        writer = Mutex(SnapshotWriter(bytes))
    }

    /// - Throws: `.refused` if the file is there or cannot be made.
    package static func begin(_ path: String) async throws(StorageFault) -> ExportWriter {
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            try ExportWriter(ExportFile(path))
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

    /// Ends the records. Photos may follow.
    package func endRecords(_ head: ExportHead) async throws(StorageFault) {
        try await write { [self] (writer: inout SnapshotWriter) throws(SystemCallError) in
            let length = try writer.finish(head.meta)
            photos.withLock { $0.length = length }
        }
    }

    /// Begins so many photos.
    package func beginPhotos(_ count: Int) async throws(StorageFault) {
        try await append(ExportedPhotos.line(count))
    }

    /// Begins a photo. All of its chunks follow, and `endPhoto`.
    package func begin(_ header: PhotoHeader) async throws(StorageFault) {
        photos.withLock { $0.checksum = CRC32C() }
        try await append(header.line)
    }

    package func add(chunk sealed: [UInt8]) async throws(StorageFault) {
        try await append(sealed)
    }

    package func endPhoto() async throws(StorageFault) {
        try await append(PhotoFolder.line(of: photos.withLock { $0.checksum }))
    }

    private func append(_ piece: [UInt8]) async throws(StorageFault) {
        let offset = photos.withLock { state in
            state.checksum.update(piece.span)
            defer { state.length += Int64(piece.count) }
            return state.length
        }
        try await threads.background.perform { [self] () throws(StorageFault) in
            do throws(SystemCallError) { try bytes.writeAll(piece, at: offset) } catch {
                throw file.refusal(error)
            }
        }
    }

    /// Makes the file durable, and gives it its name.
    package func finish() async throws(StorageFault) {
        try await threads.background.perform { [self] () throws(StorageFault) in
            do throws(SystemCallError) { try bytes.sync() } catch { throw file.refusal(error) }
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

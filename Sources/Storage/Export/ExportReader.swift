import Synchronization
internal import Encoding
internal import EventLoop

/// Some records of a file of `store export`, in its order.
package struct ExportBatch: Sendable {
    package fileprivate(set) var users: [UserRecord] = []
    package fileprivate(set) var messages: [StoredMessage] = []
    package var isEmpty: Bool { users.isEmpty && messages.isEmpty }
}

/// Reads a file of `store export`, some records at a time, on a thread of its own. Memory holds one
/// batch.
package final class ExportReader: Sendable {
    private struct State {
        var reader: SnapshotReader
        var lines: LineReader
    }

    private static let recordsMax = 1_000
    private static let bytesMax = 4 << 20

    private let path: String
    private let threads = DiskThreads()
    private let state: Mutex<State>

    private init(_ state: State, path: String) {
        self.path = path
        self.state = Mutex(state)
    }

    deinit { threads.stop() }

    package static func open(_ path: String) async throws(StorageFault) -> ExportReader {
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            let reader = SnapshotReader(
                try ExportFile(path).open(), path: path, mayBeFollowed: true)
            return ExportReader(State(reader: reader, lines: reader.lines), path: path)
        }
    }

    /// Returns the next records, or none at the end of the file.
    package func next() async throws(StorageFault) -> ExportBatch {
        try await threads.background.perform { [self] () throws(StorageFault) in
            try state.withLock { state throws(StorageFault) in
                var visitor = BatchVisitor(path: path)
                while visitor.count < Self.recordsMax, visitor.bytes < Self.bytesMax,
                    try state.reader.step(&state.lines, &visitor)
                {}
                return visitor.batch
            }
        }
    }

    /// Reads all of a file and compares it with its checksum. Each record is read as an import
    /// would read it.
    ///
    /// - Throws: `.damaged`; `.refused`.
    package static func check(_ path: String) async throws(StorageFault) -> ExportSummary {
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            let file = try ExportFile(path).open()
            var reader = SnapshotReader(file, path: path, mayBeFollowed: true)
            var lines = reader.lines
            var (subscriptions, longest) = (0, 0)
            var named: Set<PhotoID> = []
            var visitor = BatchVisitor(path: path)
            while try reader.step(&lines, &visitor) {
                for user in visitor.batch.users.map(\.user) {
                    subscriptions += user.subscriptions.count
                    longest = max(
                        longest, user.contacts.count, user.blocked.count,
                        user.formerFriends.count, user.subscriptions.count)
                }
                for message in visitor.batch.messages {
                    if let photo = message.photo { named.insert(photo.id) }
                }
                visitor.batch = ExportBatch()
            }
            var summary = try ExportSummary(try reader.end(of: lines), in: path)
            summary.recordBytes = reader.length
            let photos = ExportedPhotos(file: file, start: reader.length, path: path)
            summary.photos = try photos.forEach { (photo) throws(StorageFault) in
                guard named.remove(photo.header.id) != nil else {
                    throw photo.damage("no message names this photo")
                }
            }
            summary.missingPhotos = named.count
            summary.subscriptions = subscriptions
            summary.longestList = longest
            return summary
        }
    }
}

private struct BatchVisitor: SnapshotVisitor {
    let path: String
    var batch = ExportBatch()
    var bytes = 0
    var count: Int { batch.users.count + batch.messages.count }

    mutating func user(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        guard let user = SnapshotLine.user(record) else { throw unreadable(offset) }
        bytes += record.count
        batch.users.append(user)
    }

    mutating func message(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        guard let message = SnapshotLine.message(record) else { throw unreadable(offset) }
        bytes += record.count
        batch.messages.append(message)
    }

    private func unreadable(_ offset: Int64) -> StorageFault {
        .damaged(file: path, offset: offset, why: "a record cannot be read")
    }
}

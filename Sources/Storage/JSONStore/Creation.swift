internal import Encoding
internal import EventLoop

/// Writes a whole `db.json` and checks it, as a startup would, before the file gets its name.
struct Creation {
    let folder: Folder
    var storeID = Recovery.newStoreID()
    var firstSegment = 1
    var keys: [Int: ByteText] = [:]
    var invites: [ByteText: Int64] = [:]
    var newestTimestamp: Int64 = 0
    /// Whether the users' records state read markers. If not, all messages count as read.
    var statesMarkers = false

    /// Later messages do not set the newest timestamp. Nil means that every message may. In
    /// milliseconds since 1970.
    var latest: Int64?

    /// Writes and checks the temporary file. It blocks. If it throws, the temporary file is gone
    /// and no other file has changed.
    func write(
        users: some Sequence<UserRecord>, messages: some Sequence<StoredMessage>
    ) throws(StorageFault) {
        try removingOnFailure { () throws(StorageFault) in
            var writer = try begin(users: users)
            for message in messages { try writer.add(message) }
            try end(&writer)
        }
    }

    /// Removes the temporary file if `body` throws.
    func removingOnFailure<Result>(
        _ body: () throws(StorageFault) -> Result
    ) throws(StorageFault) -> Result {
        do { return try body() } catch {
            try? folder.disk.unlink(folder.unfinishedSnapshot)
            throw error
        }
    }

    /// Begins the temporary file with all users.
    func begin(users: some Sequence<UserRecord>) throws(StorageFault) -> CreationWriter {
        do {
            let file = try folder.disk.open(folder.unfinishedSnapshot, .replacing)
            var writer = CreationWriter(
                SnapshotWriter(file), newestTimestamp: newestTimestamp, latest: latest)
            for user in users { try writer.add(user) }
            writer.endUsers()
            return writer
        } catch { throw StorageFault(writing: error) }
    }

    /// Ends the temporary file, and checks it.
    func end(_ writer: inout CreationWriter) throws(StorageFault) {
        try writer.finish(self)
        try check()
    }

    /// Gives the new file its name.
    func finish() throws(StorageFault) {
        do {
            try folder.disk.rename(folder.unfinishedSnapshot, to: folder.snapshot)
            try folder.disk.syncFolder(folder.path)
        } catch { throw StorageFault(writing: error) }
    }

    /// Copies the current `db.json` to `db.json.before-takeover`.
    func keepOriginal() throws(StorageFault) {
        do {
            let original = try folder.disk.open(folder.snapshot, .reading)
            let copy = try folder.disk.open(folder.original, .replacing)
            var offset: Int64 = 0
            while true {
                var piece: [UInt8] = []
                try original.read(1 << 20, at: offset, appendingTo: &piece)
                if piece.isEmpty { break }
                try copy.writeAll(piece, at: offset)
                offset += Int64(piece.count)
            }
            try copy.sync()
            try folder.disk.syncFolder(folder.path)
        } catch { throw StorageFault(writing: error) }
    }

    /// Reads the temporary file as a startup would.
    func check() throws(StorageFault) {
        do {
            let file = try folder.disk.open(folder.unfinishedSnapshot, .reading)
            var replay = Replay(snapshot: file, path: folder.unfinishedSnapshot)
            var reader = SnapshotReader(file, path: folder.unfinishedSnapshot)
            try replay.endSnapshot(try reader.read(&replay))
        } catch {
            let fault = StorageFault(writing: error)
            if case .damaged(_, _, let why) = fault { throw .refused(why) }
            throw fault
        }
    }
}

/// Writes the records of a new store, and checks the length of each.
struct CreationWriter {
    private var writer: SnapshotWriter
    private var newestTimestamp: Int64
    private let latest: Int64?

    init(_ writer: SnapshotWriter, newestTimestamp: Int64, latest: Int64?) {
        self.writer = writer
        self.newestTimestamp = newestTimestamp
        self.latest = latest
    }

    mutating func add(_ user: UserRecord) throws(StorageFault) {
        let record = user.json()
        guard record.count <= SnapshotFormat.recordBytesMax else {
            throw .refused("user \(user.user.id) is longer than 32 MiB")
        }
        do { try writer.add(user: record) } catch { throw StorageFault(writing: error) }
    }

    mutating func endUsers() { writer.endUsers() }

    mutating func add(_ message: StoredMessage) throws(StorageFault) {
        for time in [message.timestamp, message.deletedAt ?? 0] where time <= latest ?? .max {
            newestTimestamp = max(newestTimestamp, time)
        }
        let record = MessageRecord.json(message)
        guard record.count <= MessageRecord.bytesMax else {
            throw .refused("message \(message.id) is longer than 16 MiB")
        }
        do { _ = try writer.add(message: record.span) } catch {
            throw StorageFault(writing: error)
        }
    }

    mutating func finish(_ creation: Creation) throws(StorageFault) {
        do {
            _ = try writer.finish(
                SnapshotMeta(
                    storeID: creation.storeID, firstSegment: creation.firstSegment,
                    newestTimestamp: newestTimestamp, keys: creation.keys,
                    invites: creation.invites, statesMarkers: creation.statesMarkers))
        } catch { throw StorageFault(writing: error) }
    }
}

internal import Encoding
internal import EventLoop

/// Writes a whole `db.json` at once and checks it, as a start would, before it takes its name.
struct Creation {
    let folder: Folder
    var storeID = Recovery.newStoreID()
    var firstSegment = 1
    var keys: [Int: ByteText] = [:]
    var invites: [ByteText: Int64] = [:]
    var newestTimestamp: Int64 = 0

    /// Blocks. Where this throws, no file has changed but the temporary one, and that is gone.
    func write(
        users: some Sequence<User>, messages: some Sequence<StoredMessage>
    ) throws(StorageFault) {
        do {
            try writeUnfinished(users, messages)
            try check()
        } catch {
            try? folder.disk.unlink(folder.unfinishedSnapshot)
            throw error
        }
    }

    /// Gives the new file its name.
    func finish() throws(StorageFault) {
        do {
            try folder.disk.rename(folder.unfinishedSnapshot, to: folder.snapshot)
            try folder.disk.syncFolder(folder.path)
        } catch { throw StorageFault(writing: error) }
    }

    /// Copies `db.json` as it is to `db.json.before-takeover`.
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

    private func writeUnfinished(
        _ users: some Sequence<User>, _ messages: some Sequence<StoredMessage>
    ) throws(StorageFault) {
        do {
            let file = try folder.disk.open(folder.unfinishedSnapshot, .replacing)
            var writer = SnapshotWriter(file)
            for user in users {
                let record = UserRecord.json(user)
                guard record.count <= SnapshotFormat.recordBytesMax else {
                    throw StorageFault.refused("user \(user.id) is longer than 32 MiB")
                }
                try writer.add(user: record)
            }
            writer.endUsers()
            var newest = newestTimestamp
            for message in messages {
                newest = max(newest, message.timestamp)
                let record = MessageRecord.json(message)
                guard record.count <= MessageRecord.bytesMax else {
                    throw StorageFault.refused("message \(message.id) is longer than 16 MiB")
                }
                _ = try writer.add(message: record.span)
            }
            _ = try writer.finish(
                storeID: storeID, firstSegment: firstSegment, newestTimestamp: newest,
                keys: keys, invites: invites)
        } catch { throw StorageFault(writing: error) }
    }

    private func check() throws(StorageFault) {
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

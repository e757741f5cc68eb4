internal import Encoding
internal import EventLoop

/// A `db.json` that somebody has edited, in any JSON layout.
struct EditedStore {
    private static let bytesMax: Int64 = 1 << 30

    private let folder: Folder
    private let root: JSONObject
    /// Notices for the operator about ignored and regenerated parts.
    private(set) var notices: [String] = []

    init(_ folder: Folder) throws(StorageFault) {
        self.folder = folder
        var text = try Self.text(folder)
        if text.starts(with: ByteOrderMark.bytes) {
            text.removeFirst(ByteOrderMark.bytes.count)
            notices.append("a byte-order mark at its start was ignored")
        }
        let value: JSONValue
        do { value = try JSONValue.parse(text.span) } catch { throw .refused(error.description) }
        guard let root = value.object else { throw .refused("it is no JSON object") }
        self.root = root
    }

    private static func text(_ folder: Folder) throws(StorageFault) -> [UInt8] {
        var text: [UInt8] = []
        do {
            guard let file = try folder.disk.openIfThere(folder.snapshot, .reading) else {
                throw StorageFault.refused(
                    "it is not there, and a journal is. Put a backup back with `ChatCore store "
                        + "restore BACKUP --data \(folder.path)`, or save what the journal holds "
                        + "with `ChatCore store salvage \(folder.path) NEW`")
            }
            if try Outline.isEarlierStore(file) {
                throw StorageFault.takeover(path: folder.snapshot)
            }
            let length = try file.length()
            guard length <= Self.bytesMax else {
                throw StorageFault.refused("it is larger than 1 GiB")
            }
            try file.read(Int(length), at: 0, appendingTo: &text)
        } catch { throw StorageFault(reading: error) }
        return text
    }

    /// Checks the file and writes it as a store. The journal must hold no change, because a change
    /// may not fit the edited file.
    ///
    /// - Parameter latest: The latest timestamp that a message may have, in milliseconds since
    ///   1970.
    mutating func sign(latest: Int64?) throws(StorageFault) {
        let meta: EditedMeta
        if let object = root["meta"] {
            meta = try EditedMeta(object.object)
        } else {
            meta = try EditedMeta(fromJournalIn: folder)
            notices.append(
                "its \"meta\" was gone and is made anew: the key fingerprints are learned at the "
                    + "next start, and codes of invitations count no more")
        }
        if meta.isAhead(of: latest) {
            notices.append(
                "its time (\"newest\" in its \"meta\") is ahead of this machine's clock: "
                    + "`ChatCore store clock-reset --data \(folder.path)` lowers it")
        }
        var creation = meta.creation(in: folder)
        creation.latest = latest
        if !meta.isNew { try requireNoChanges(beside: creation) }
        let records = try EditedRecords(root, latest: latest)
        creation.statesMarkers =
            meta.statesMarkers ?? records.users.contains { $0.statesMarkers }
        try creation.write(users: records.users, messages: records.messages)
        if meta.isNew { try creation.makeJournal() }
        try creation.finish()
    }

    private func requireNoChanges(beside creation: Creation) throws(StorageFault) {
        let waiting = try Recovery.changeCount(
            storeID: creation.storeID, firstSegment: creation.firstSegment, in: folder)
        guard waiting == 0 else {
            throw .refused(
                "the journal holds changes that it lacks (\(waiting)): put db.json back as it was, "
                    + "run `ChatCore store fold`, then edit it again. Without a copy of it, "
                    + "`ChatCore store salvage \(folder.path) NEW` brings both together")
        }
    }
}

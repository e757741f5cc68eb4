internal import Encoding
internal import EventLoop

/// A `db.json` in another layout than the store's, for example from an editor or `jq`. It is
/// written again beside the new store, so that its records have addresses. Memory holds all of it.
struct SalvagedLayout {
    private static let bytesMax: Int64 = 1 << 30

    let file: any DiskFile
    /// The last line, or nil if it is missing or invalid.
    let meta: SnapshotMeta?

    /// Returns nil if the file is in the store's own layout, or is no whole store in JSON.
    init?(
        of file: any DiskFile, _ source: Folder, as copy: any DiskFile, _ notes: inout SalvageNotes
    ) throws {
        guard let root = try Self.root(of: file) else { return nil }
        let object = root["meta"]?.object
        meta = object.flatMap { try? EditedMeta($0).snapshotMeta }
        if meta == nil {
            notes.remark(
                source.snapshot, nil,
                "its last line is lost: the key fingerprints are learned anew at the next start, "
                    + "and codes of invitations count no more")
        }
        var writer = SnapshotWriter(copy)
        for (index, value) in (root["users"]?.array ?? []).enumerated() {
            if let user = value.object.flatMap(Self.user) {
                try writer.add(user: user.json())
            } else {
                Self.leaveOut("user", index, value, source, &notes)
            }
        }
        writer.endUsers()
        for (index, value) in (root["chats"]?.array ?? []).enumerated() {
            if let message = value.object.flatMap(Self.message) {
                _ = try writer.add(message: MessageRecord.json(message).span)
            } else {
                Self.leaveOut("chat", index, value, source, &notes)
            }
        }
        _ = try writer.finish(
            SnapshotMeta(
                storeID: meta?.storeID ?? "", firstSegment: meta?.firstSegment ?? 1,
                newestTimestamp: meta?.newestTimestamp ?? 0))
        self.file = copy
    }

    private static func root(of file: any DiskFile) throws(SystemCallError) -> JSONObject? {
        let firstLine = SnapshotFormat.bytes(SnapshotFormat.beforeUsers)
        var text: [UInt8] = []
        try file.read(firstLine.count, at: 0, appendingTo: &text)
        let length = try file.length()
        guard text != firstLine, length <= bytesMax, try Outline(of: file).isOwnStore else {
            return nil
        }
        text = []
        try file.read(Int(length), at: 0, appendingTo: &text)
        if text.starts(with: ByteOrderMark.bytes) { text.removeFirst(ByteOrderMark.bytes.count) }
        return (try? JSONValue.parse(text.span))?.object
    }

    private static func user(_ object: JSONObject) -> UserRecord? {
        guard let id = object["id"]?.text, let username = object["username"]?.text,
            let password = object["password"]?.text,
            SealedForm.isPasswordHash(User.hash(in: password))
        else { return nil }
        let epoch = object["epoch"]?.integer ?? 0
        func people(_ name: ByteText) -> [UserID] {
            (object[name]?.array ?? []).compactMap(\.text).map { UserID($0) }
        }
        var user = User(
            id: UserID(id), username: username, password: password,
            contacts: people("contacts"), epoch: Int(epoch))
        user.blocked = people("blocked")
        user.formerFriends = people("formerFriends")
        // A browser subscribes again at its next visit.
        user.subscriptions = PushSubscriptions(object["subscriptions"]) ?? PushSubscriptions()
        var record = UserRecord(user)
        record.conversations = EditedRow.all(of: object) ?? []
        return record
    }

    private static func message(_ object: JSONObject) -> StoredMessage? {
        guard let id = object["id"]?.text, let sender = object["senderId"]?.text,
            let receiver = object["receiverId"]?.text, let content = object["content"]?.text,
            let timestamp = object["timestamp"]?.integer,
            StoredMessage.timestamps.contains(timestamp)
        else { return nil }
        let message = StoredMessage(
            id: MessageID(id), senderId: UserID(sender), receiverId: UserID(receiver),
            content: content, timestamp: timestamp,
            contextForm: object["context"]?.integer == 2 ? .lengths : .hyphens,
            replyTo: object["replyTo"]?.text.map { MessageID($0) },
            photo: object["photo"].flatMap { Photo($0) })
        if object["deleted"] == nil { return SealedForm.isSealed(content) ? message : nil }
        guard content.isEmpty, let time = object["deletedAt"]?.integer,
            StoredMessage.timestamps.contains(time)
        else { return nil }
        return message.tombstone(at: time)
    }

    private static func leaveOut(
        _ noun: String, _ index: Int, _ value: JSONValue, _ source: Folder,
        _ notes: inout SalvageNotes
    ) {
        let id = value.object?["id"]?.text.map { " (\($0))" } ?? ""
        notes.leaveOut(
            source.snapshot, nil, "\(noun) \(index + 1)\(id): not what the store could have written"
        )
    }
}

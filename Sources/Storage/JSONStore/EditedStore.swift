internal import Encoding
internal import EventLoop

/// A `db.json` that somebody has edited, in whatever layout.
struct EditedStore {
    private static let bytesMax: Int64 = 1 << 30

    private let folder: Folder
    private let root: JSONObject

    init(_ folder: Folder) throws(StorageFault) {
        self.folder = folder
        var text: [UInt8] = []
        do {
            let file = try folder.disk.open(folder.snapshot, .reading)
            if try EarlierStore.isOne(file) { throw StorageFault.takeover(path: folder.snapshot) }
            let length = try file.length()
            guard length <= Self.bytesMax else {
                throw StorageFault.refused("it is larger than 1 GiB")
            }
            try file.read(Int(length), at: 0, appendingTo: &text)
        } catch { throw StorageFault(reading: error) }
        let value: JSONValue
        do { value = try JSONValue.parse(text.span) } catch { throw .refused(error.description) }
        guard let root = value.object else { throw .refused("it is no JSON object") }
        self.root = root
    }

    /// The journal must hold no change: nobody can tell whether one still fits what was edited.
    func sign() throws(StorageFault) {
        guard let meta = root["meta"]?.object, let storeID = meta["store"]?.text,
            let segment = meta["segment"]?.integer, segment > 0
        else { throw .refused("its \"meta\" is gone; copy it from a backup") }
        let waiting = try Recovery.changeCount(
            storeID: storeID, firstSegment: Int(segment), in: folder)
        guard waiting == 0 else {
            throw .refused(
                "the journal holds changes that it lacks (\(waiting)): put db.json back as it was, "
                    + "run `ChatCore store fold`, then edit it again")
        }
        var creation = Creation(folder: folder, storeID: storeID, firstSegment: Int(segment))
        creation.newestTimestamp = meta["newest"]?.integer ?? 0
        for member in meta["keys"]?.object?.members ?? [] {
            guard let version = Int(member.name.string) else { continue }
            creation.keys[version] = member.value.text
        }
        try creation.write(users: try users(), messages: try messages())
        try creation.finish()
    }

    private func users() throws(StorageFault) -> [User] {
        var users: [User] = []
        for (index, value) in (root["users"]?.array ?? []).enumerated() {
            guard let id = value.object?["id"]?.text,
                let username = value.object?["username"]?.text,
                let password = value.object?["password"]?.text
            else { throw .refused("user \(index + 1) lacks a field") }
            let contacts = value.object?["contacts"]?.array ?? []
            users.append(
                User(
                    id: UserID(id), username: username, password: password,
                    contacts: contacts.compactMap { $0.text.map { UserID($0) } },
                    epoch: Int(value.object?["epoch"]?.integer ?? 0)))
        }
        var friendships = Friendships()
        for user in users { friendships.add(user, at: 0) }
        if let found = friendships.oneSided {
            throw .refused(
                "user \(found.user) has \(found.contact) as a contact, who does not have them")
        }
        return users
    }

    private func messages() throws(StorageFault) -> [StoredMessage] {
        var messages: [StoredMessage] = []
        for (index, value) in (root["chats"]?.array ?? []).enumerated() {
            guard let id = value.object?["id"]?.text,
                let sender = value.object?["senderId"]?.text,
                let receiver = value.object?["receiverId"]?.text,
                let content = value.object?["content"]?.text,
                let timestamp = value.object?["timestamp"]?.integer
            else { throw .refused("chat \(index + 1) lacks a field") }
            messages.append(
                StoredMessage(
                    id: MessageID(id), senderId: UserID(sender), receiverId: UserID(receiver),
                    content: content, timestamp: timestamp))
        }
        return messages
    }
}

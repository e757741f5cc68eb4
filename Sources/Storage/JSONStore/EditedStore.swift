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
            if try Outline.isEarlierStore(file) {
                throw StorageFault.takeover(path: folder.snapshot)
            }
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
        let creation = try EditedMeta(root["meta"]?.object).creation(in: folder)
        let waiting = try Recovery.changeCount(
            storeID: creation.storeID, firstSegment: creation.firstSegment, in: folder)
        guard waiting == 0 else {
            throw .refused(
                "the journal holds changes that it lacks (\(waiting)): put db.json back as it was, "
                    + "run `ChatCore store fold`, then edit it again")
        }
        try creation.write(users: try users(), messages: try messages())
        try creation.finish()
    }

    private func users() throws(StorageFault) -> [User] {
        var users: [User] = []
        for (index, value) in (root["users"]?.array ?? []).enumerated() {
            guard let object = value.object, let id = object["id"]?.text,
                let username = object["username"]?.text,
                let password = object["password"]?.text
            else { throw .refused("user \(index + 1) lacks a field") }
            let name = "user \(index + 1) (\(id))"
            users.append(
                User(
                    id: UserID(id), username: username, password: password,
                    contacts: try Self.contacts(object["contacts"], of: name),
                    epoch: try Self.epoch(object["epoch"], of: name)))
        }
        var friendships = Friendships()
        for user in users { friendships.add(user, at: 0) }
        if let found = friendships.oneSided {
            throw .refused(
                "user \(found.user) has \(found.contact) as a contact, who does not have them")
        }
        return users
    }

    private static func contacts(
        _ value: JSONValue?, of user: String
    ) throws(StorageFault) -> [UserID] {
        var contacts: [UserID] = []
        var met: Set<UserID> = []
        guard let list = value == nil ? [] : value?.array else {
            throw .refused("the contacts of \(user) are no list")
        }
        for value in list {
            guard let id = value.text.map({ UserID($0) }) else {
                throw .refused("\(user) has a contact that is no text")
            }
            guard met.insert(id).inserted else {
                throw .refused("\(user) has \(id) as a contact twice")
            }
            contacts.append(id)
        }
        return contacts
    }

    /// Sessions name it, and so do other readers of JSON.
    private static func epoch(_ value: JSONValue?, of user: String) throws(StorageFault) -> Int {
        guard let value else { return 0 }
        guard let epoch = value.integer, ExactIntegers.all.contains(epoch) else {
            throw .refused(
                "the epoch of \(user) is no integer from -\(ExactIntegers.max) to "
                    + "\(ExactIntegers.max)")
        }
        return Int(epoch)
    }

    private func messages() throws(StorageFault) -> [StoredMessage] {
        var messages: [StoredMessage] = []
        for (index, value) in (root["chats"]?.array ?? []).enumerated() {
            guard let object = value.object, let id = object["id"]?.text,
                let sender = object["senderId"]?.text,
                let receiver = object["receiverId"]?.text,
                let content = object["content"]?.text,
                let timestamp = object["timestamp"]?.integer
            else { throw .refused("chat \(index + 1) lacks a field") }
            guard StoredMessage.timestamps.contains(timestamp) else {
                throw .refused(
                    "chat \(index + 1) (\(id)) has the timestamp \(timestamp); one is from 0 to "
                        + "\(ExactIntegers.max), in milliseconds since 1970")
            }
            messages.append(
                StoredMessage(
                    id: MessageID(id), senderId: UserID(sender), receiverId: UserID(receiver),
                    content: content, timestamp: timestamp))
        }
        return messages
    }
}

/// The last line of an edited `db.json`, found sound.
private struct EditedMeta {
    private let storeID: ByteText
    private let firstSegment: Int
    private let newestTimestamp: Int64
    private let keys: [Int: ByteText]
    private let invites: [ByteText: Int64]

    init(_ object: JSONObject?) throws(StorageFault) {
        guard let object, let storeID = object["store"]?.text,
            let segment = object["segment"]?.integer
        else { throw .refused("its \"meta\" is gone; copy it from a backup") }
        guard storeID.utf8Count <= SnapshotMeta.storeIDBytesMax,
            SnapshotMeta.segments.contains(segment)
        else { throw .refused("its \"meta\" is not as it was; copy it from a backup") }
        self.storeID = storeID
        firstSegment = Int(segment)
        newestTimestamp = Self.newest(object["newest"]?.integer ?? 0)
        keys = try Self.keys(object["keys"]?.object)
        invites = try Self.invites(object["invites"]?.object)
    }

    func creation(in folder: Folder) -> Creation {
        var creation = Creation(folder: folder, storeID: storeID, firstSegment: firstSegment)
        creation.keys = keys
        creation.invites = invites
        creation.newestTimestamp = newestTimestamp
        return creation
    }

    /// A time that no message may have was one's whose timestamp has been put right: then those
    /// that are there tell which is the newest.
    private static func newest(_ timestamp: Int64) -> Int64 {
        StoredMessage.timestamps.contains(timestamp) ? timestamp : 0
    }

    private static func keys(_ object: JSONObject?) throws(StorageFault) -> [Int: ByteText] {
        var keys: [Int: ByteText] = [:]
        for member in object?.members ?? [] {
            guard let version = Int(member.name.string), version > 0,
                member.name == "\(version)", let fingerprint = member.value.text
            else { throw .refused("\"keys\" in its \"meta\" is not as it was") }
            keys[version] = fingerprint
        }
        return keys
    }

    private static func invites(_ object: JSONObject?) throws(StorageFault) -> [ByteText: Int64] {
        var invites: [ByteText: Int64] = [:]
        for member in object?.members ?? [] {
            guard let expiresAt = member.value.integer else {
                throw .refused("\"invites\" in its \"meta\" is not as it was")
            }
            invites[member.name] = expiresAt
        }
        return invites
    }
}

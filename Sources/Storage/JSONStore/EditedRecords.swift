internal import Encoding

/// The users and messages of a `db.json` that somebody has edited, checked against the rules of the
/// store. A refusal names the record by its id and its position in its list.
struct EditedRecords {
    private static let rootFields: Set<ByteText> = ["users", "chats", "meta"]
    private static let userFields: Set<ByteText> = [
        "id", "username", "password", "contacts", "epoch", "revision", "oldestCursor",
        "conversations", "blocked", "formerFriends", "subscriptions",
    ]
    private static let messageFields: Set<ByteText> = [
        "id", "senderId", "receiverId", "content", "timestamp", "context", "replyTo", "photo",
        "deleted", "deletedAt",
    ]

    private(set) var users: [UserRecord] = []
    private(set) var messages: [StoredMessage] = []
    /// The latest timestamp that a message may have. Nil if the clock may be wrong.
    private let latest: Int64?
    private var places: [ByteText: Int] = [:]
    private var known: Set<UserID> = []
    private var names: [ByteText: Int] = [:]
    private var endpoints: Set<ByteText> = []

    /// - Parameter latest: In milliseconds since 1970.
    init(_ root: JSONObject, latest: Int64?) throws(StorageFault) {
        self.latest = latest
        try Self.requireKnown(root, Self.rootFields, "it")
        for (index, object) in try Self.list(root, "users").enumerated() {
            try add(user: object, index + 1)
        }
        try checkContacts()
        var ids: [ByteText: Int] = [:]
        var times: [Conversation: [Int64: Int]] = [:]
        var photos: [PhotoID: Int] = [:]
        for (index, object) in try Self.list(root, "chats").enumerated() {
            let message = try message(object, index + 1)
            let name = "chat \(index + 1) (\(message.id))"
            if let other = ids.updateValue(index + 1, forKey: message.id.text) {
                throw .refused("\(name) has the id of chat \(other)")
            }
            let other = times[message.conversation, default: [:]].updateValue(
                index + 1, forKey: message.timestamp)
            if let other {
                throw .refused(
                    "\(name) has the timestamp of chat \(other), of the same conversation")
            }
            if let photo = message.photo,
                let other = photos.updateValue(index + 1, forKey: photo.id)
            {
                throw .refused("\(name) has the photo of chat \(other)")
            }
            messages.append(message)
        }
    }

    private static func list(
        _ root: JSONObject, _ name: ByteText
    ) throws(StorageFault) -> [JSONObject] {
        guard let list = root[name]?.array else { throw .refused("it has no list \"\(name)\"") }
        var objects: [JSONObject] = []
        objects.reserveCapacity(list.count)
        let noun = name == "users" ? "user" : "chat"
        for (index, value) in list.enumerated() {
            guard let object = value.object else {
                throw .refused("\(noun) \(index + 1) is no object")
            }
            objects.append(object)
        }
        return objects
    }

    /// Refuses unknown fields. The store cannot keep them, so they would be lost.
    private static func requireKnown(
        _ object: JSONObject, _ fields: Set<ByteText>, _ name: String
    ) throws(StorageFault) {
        for member in object.members where !fields.contains(member.name) {
            let known = fields.map(\.string).sorted().joined(separator: ", ")
            throw .refused(
                "\(name) has a field \"\(member.name)\" that the store does not know (\(known)): "
                    + "take it out")
        }
    }

    // MARK: Users

    private mutating func add(user object: JSONObject, _ place: Int) throws(StorageFault) {
        guard let id = object["id"]?.text, let username = object["username"]?.text,
            let password = object["password"]?.text
        else { throw .refused("user \(place) lacks a field") }
        let name = "user \(place) (\(id))"
        try Self.requireKnown(object, Self.userFields, name)
        if let other = places.updateValue(place, forKey: id) {
            throw .refused("\(name) has the id of user \(other)")
        }
        if let other = names.updateValue(place, forKey: username) {
            throw .refused(
                "\(name) has the name of user \(other) (\(users[other - 1].user.id)), \(username)")
        }
        guard SealedForm.isPasswordHash(User.hash(in: password)) else {
            throw .refused(
                "the password of \(name) is no bcrypt hash: put the hash back, or copy another "
                    + "user's and run `ChatCore users reset-password` once the server runs")
        }
        known.insert(UserID(id))
        var user = User(
            id: UserID(id), username: username, password: password,
            contacts: try Self.people(object["contacts"], "contact", of: name),
            epoch: try Self.epoch(object["epoch"], of: name))
        user.blocked = try Self.people(object["blocked"], "blocked user", of: name)
        user.formerFriends = try Self.people(
            object["formerFriends"], "former friend", of: name)
        user.subscriptions = try subscriptions(object["subscriptions"], of: name)
        var record = UserRecord(user)
        guard let rows = EditedRow.all(of: object) else {
            throw .refused("the conversations of \(name) are not as they were")
        }
        record.conversations = rows
        users.append(record)
    }

    private mutating func subscriptions(
        _ value: JSONValue?, of user: String
    ) throws(StorageFault) -> PushSubscriptions {
        guard let subscriptions = PushSubscriptions(value) else {
            throw .refused(
                "the subscriptions of \(user) are not as they were: put them back, or take the "
                    + "member out")
        }
        for subscription in subscriptions.list
        where !endpoints.insert(subscription.endpoint).inserted {
            throw .refused("\(user) has a push endpoint of another user: take one of them out")
        }
        return subscriptions
    }

    private static func people(
        _ value: JSONValue?, _ noun: String, of user: String
    ) throws(StorageFault) -> [UserID] {
        var people: [UserID] = []
        var met: Set<UserID> = []
        guard let list = value == nil ? [] : value?.array else {
            throw .refused("the \(noun)s of \(user) are no list")
        }
        for value in list {
            guard let id = value.text.map({ UserID($0) }) else {
                throw .refused("\(user) has a \(noun) that is no text")
            }
            guard met.insert(id).inserted else {
                throw .refused("\(user) has \(id) as a \(noun) twice")
            }
            people.append(id)
        }
        return people
    }

    /// Returns the epoch, which must be an integer that every JSON reader reads exactly. Sessions
    /// hold it too.
    private static func epoch(_ value: JSONValue?, of user: String) throws(StorageFault) -> Int {
        guard let value else { return 0 }
        guard let epoch = value.integer, ExactIntegers.all.contains(epoch) else {
            throw .refused(
                "the epoch of \(user) is no integer from -\(ExactIntegers.max) to "
                    + "\(ExactIntegers.max)")
        }
        return Int(epoch)
    }

    private mutating func checkContacts() throws(StorageFault) {
        var friendships = Friendships()
        for index in users.indices {
            let user = users[index].user
            // The row of an account that was taken out goes with it.
            users[index].conversations.removeAll { places[$0.partner.text] == nil }
            for other in user.blocked + user.formerFriends where places[other.text] == nil {
                throw .refused(
                    "user \(places[user.id.text] ?? 0) (\(user.id)) names \(other) as blocked or "
                        + "a former friend, who is no user")
            }
            for contact in user.contacts where places[contact.text] == nil {
                throw .refused(
                    "user \(places[user.id.text] ?? 0) (\(user.id)) has \(contact) as a contact, "
                        + "who is no user")
            }
            friendships.add(user, at: 0)
        }
        if let found = friendships.oneSided {
            throw .refused(
                "user \(places[found.user.text] ?? 0) (\(found.user)) has \(found.contact) as a "
                    + "contact, who does not have them")
        }
    }

    // MARK: Messages

    private func message(
        _ object: JSONObject, _ place: Int
    ) throws(StorageFault) -> StoredMessage {
        guard let id = object["id"]?.text, let sender = object["senderId"]?.text,
            let receiver = object["receiverId"]?.text, let content = object["content"]?.text,
            let timestamp = object["timestamp"]?.integer
        else { throw .refused("chat \(place) lacks a field") }
        let name = "chat \(place) (\(id))"
        try Self.requireKnown(object, Self.messageFields, name)
        for (role, user) in [("senderId", sender), ("receiverId", receiver)]
        where !known.contains(UserID(user)) {
            throw .refused("the \(role) of \(name), \(user), is no user")
        }
        let reply = try Self.reply(object, of: name)
        let message = StoredMessage(
            id: MessageID(id), senderId: UserID(sender), receiverId: UserID(receiver),
            content: content, timestamp: timestamp,
            contextForm: try Self.contextForm(object, of: name), replyTo: reply,
            photo: try Self.photo(object, of: name))
        try check(timestamp, of: name)
        if object["deleted"] != nil || object["deletedAt"] != nil {
            return try tombstone(of: message, object, name)
        }
        guard SealedForm.isSealed(content) else {
            throw .refused(
                "the content of \(name) is not as Cipher seals it: put back what stood there, or "
                    + "take the chat out. Nothing that can be read is stored")
        }
        return message
    }

    private static func contextForm(
        _ object: JSONObject, of name: String
    ) throws(StorageFault) -> ContextForm {
        guard let value = object["context"] else { return .hyphens }
        guard value.integer == 2 else { throw .refused("the context of \(name) is not 2") }
        return .lengths
    }

    private static func photo(
        _ object: JSONObject, of name: String
    ) throws(StorageFault) -> Photo? {
        guard let value = object["photo"] else { return nil }
        guard let photo = Photo(value) else {
            throw .refused(
                "the photo of \(name) has no id in lower case, or no width and height from 1 to "
                    + "\(Photo.sides.upperBound)")
        }
        return photo
    }

    private static func reply(
        _ object: JSONObject, of name: String
    ) throws(StorageFault) -> MessageID? {
        guard let value = object["replyTo"] else { return nil }
        guard let text = value.text else { throw .refused("the replyTo of \(name) is no text") }
        return MessageID(text)
    }

    private func tombstone(
        of message: StoredMessage, _ object: JSONObject, _ name: String
    ) throws(StorageFault) -> StoredMessage {
        guard case .bool(true)? = object["deleted"], let time = object["deletedAt"]?.integer,
            time > message.timestamp, message.content.isEmpty, message.replyTo == nil,
            message.photo == nil, message.contextForm == .hyphens
        else {
            throw .refused(
                "\(name) is deleted: its content is empty, it has no replyTo and no photo, its "
                    + "\"deleted\" is true, and its \"deletedAt\" a time after its timestamp")
        }
        try check(time, of: name)
        return message.tombstone(at: time)
    }

    private func check(_ timestamp: Int64, of name: String) throws(StorageFault) {
        guard StoredMessage.timestamps.contains(timestamp) else {
            throw .refused(
                "\(name) has the timestamp \(timestamp); one is from 0 to \(ExactIntegers.max), "
                    + "in milliseconds since 1970")
        }
        if let latest, timestamp > latest {
            throw .refused(
                "\(name) has the timestamp \(timestamp); that is more than a day ahead of this "
                    + "machine's clock. Lower it, but not below others before it in its "
                    + "conversation; or, if it is meant, add --future")
        }
    }
}

internal import Encoding

/// One parsed line of the journal. Messages stay bytes, because there are many.
enum JournalEntry {
    case segment(number: Int, storeID: ByteText, after: Int64)
    case durable(Int64)
    case userAdded(User)
    case userInvited(User, by: ByteText)
    case userChanged(User)
    case userRemoved(UserID)
    case befriended(UserID, UserID, at: Int64?)
    case parted(UserID, UserID)
    case blocked(UserID, by: UserID)
    case unblocked(UserID, by: UserID)
    /// Holds the range of the record in the JSON.
    case messageAdded(MessageRecord, Range<Int>)
    case messageReplaced(MessageRecord, Range<Int>)
    /// Holds a tombstone, and its range in the JSON.
    case messageDeleted(MessageRecord, Range<Int>)
    case messageRemoved(MessageID, UserID, UserID, timestamp: Int64)
    case messagesRead(by: UserID, with: UserID, upTo: Int64, change: UInt32)
    /// All messages before this line count as read.
    case allRead
    case keySeen(version: Int, fingerprint: ByteText)
    case keyForgotten(version: Int)
    case subscribed(UserID, PushSubscription)
    case unsubscribed(UserID, endpoints: [ByteText])
    case invitesAdded([Invite])
    case invitesRemoved([ByteText])

    init(_ json: Span<UInt8>) throws(JSONFault) {
        var scanner = JSONScanner()
        self = try Self.read(&scanner, in: json)
        try scanner.expect("}", in: json)
        guard scanner.offset == json.count else {
            throw JSONFault(offset: scanner.offset, problem: .bytesAfterEnd)
        }
    }

    private static func read(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry {
        if scanner.skip("{\"messageAdded\":", in: json) {
            let start = scanner.offset
            let record = try MessageRecord(&scanner, in: json)
            return .messageAdded(record, start..<scanner.offset)
        }
        if scanner.skip("{\"durable\":", in: json) {
            return .durable(try scanner.integer(in: json))
        }
        if scanner.skip("{\"messageReplaced\":", in: json) {
            let start = scanner.offset
            let record = try MessageRecord(&scanner, in: json)
            return .messageReplaced(record, start..<scanner.offset)
        }
        if scanner.skip("{\"messageDeleted\":", in: json) {
            let start = scanner.offset
            let record = try MessageRecord(&scanner, in: json)
            guard record.isDeleted else {
                throw JSONFault(offset: start, problem: .unexpectedByte)
            }
            return .messageDeleted(record, start..<scanner.offset)
        }
        if scanner.skip("{\"messageRemoved\":", in: json) {
            return try removedMessage(&scanner, in: json)
        }
        if scanner.skip("{\"userAdded\":", in: json) {
            return .userAdded(try UserRecord(&scanner, in: json).user)
        }
        if scanner.skip("{\"userChanged\":", in: json) {
            return try changedUser(&scanner, in: json)
        }
        if scanner.skip("{\"userRemoved\":", in: json) {
            return .userRemoved(UserID(try scanner.string(in: json)))
        }
        if let friendship = try friendship(&scanner, in: json) { return friendship }
        if scanner.skip("{\"messagesRead\":", in: json) { return try marker(&scanner, in: json) }
        if scanner.skip("{\"allRead\":true", in: json) { return .allRead }
        if scanner.skip("{\"keySeen\":{\"version\":", in: json) {
            let version = Int(try scanner.integer(in: json))
            try scanner.expect(",\"fingerprint\":", in: json)
            let fingerprint = try scanner.string(in: json)
            try scanner.expect("}", in: json)
            return .keySeen(version: version, fingerprint: fingerprint)
        }
        if scanner.skip("{\"keyForgotten\":", in: json) {
            return .keyForgotten(version: Int(try scanner.integer(in: json)))
        }
        if scanner.skip("{\"userInvited\":{\"invite\":", in: json) {
            let digest = try scanner.string(in: json)
            try scanner.expect(",\"user\":", in: json)
            let user = try UserRecord(&scanner, in: json).user
            try scanner.expect("}", in: json)
            return .userInvited(user, by: digest)
        }
        if let invitation = try invitation(&scanner, in: json) { return invitation }
        if let subscription = try subscription(&scanner, in: json) { return subscription }
        return try segment(&scanner, in: json)
    }

    /// Reads a change of invitations. Returns nil if the line holds another entry.
    private static func invitation(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry? {
        if scanner.skip("{\"invitesAdded\":", in: json) {
            return .invitesAdded(
                try scanner.list(in: json) { scanner throws(JSONFault) in
                    try invite(&scanner, in: json)
                })
        }
        if scanner.skip("{\"invitesRemoved\":", in: json) {
            return .invitesRemoved(
                try scanner.list(in: json) { scanner throws(JSONFault) in
                    try scanner.string(in: json)
                })
        }
        return nil
    }

    private static func marker(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry {
        let (reader, other) = try pair(&scanner, in: json)
        try scanner.expect(",\"upTo\":", in: json)
        let time = try scanner.integer(in: json)
        try scanner.expect(",\"change\":", in: json)
        return .messagesRead(
            by: reader, with: other, upTo: time, change: try scanner.changeNumber(in: json))
    }

    /// Reads a change of push subscriptions. Returns nil if the line holds another entry.
    private static func subscription(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry? {
        let entry: JournalEntry
        if scanner.skip("{\"subscribed\":{\"user\":", in: json) {
            let user = UserID(try scanner.string(in: json))
            try scanner.expect(",\"subscription\":", in: json)
            entry = .subscribed(user, try PushSubscription(&scanner, in: json))
        } else if scanner.skip("{\"unsubscribed\":{\"user\":", in: json) {
            let user = UserID(try scanner.string(in: json))
            try scanner.expect(",\"endpoints\":", in: json)
            entry = .unsubscribed(
                user,
                endpoints: try scanner.list(in: json) { scanner throws(JSONFault) in
                    try scanner.string(in: json)
                })
        } else {
            return nil
        }
        try scanner.expect("}", in: json)
        return entry
    }

    /// Reads a change between two users. Returns nil if the line holds another entry.
    private static func friendship(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry? {
        if scanner.skip("{\"befriended\":", in: json) {
            let (one, other) = try pair(&scanner, in: json)
            let hasTime = scanner.skip(",\"at\":", in: json)
            return .befriended(one, other, at: hasTime ? try scanner.integer(in: json) : nil)
        }
        if scanner.skip("{\"parted\":", in: json) {
            let (one, other) = try pair(&scanner, in: json)
            return .parted(one, other)
        }
        if scanner.skip("{\"blocked\":", in: json) {
            let (one, other) = try pair(&scanner, in: json)
            return .blocked(one, by: other)
        }
        if scanner.skip("{\"unblocked\":", in: json) {
            let (one, other) = try pair(&scanner, in: json)
            return .unblocked(one, by: other)
        }
        return nil
    }

    private static func pair(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> (UserID, UserID) {
        try scanner.expect("[", in: json)
        let one = UserID(try scanner.string(in: json))
        try scanner.expect(",", in: json)
        let other = UserID(try scanner.string(in: json))
        try scanner.expect("]", in: json)
        return (one, other)
    }

    private static func invite(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> Invite {
        try scanner.expect("{\"digest\":", in: json)
        let digest = try scanner.string(in: json)
        try scanner.expect(",\"expires\":", in: json)
        let expiresAt = try scanner.integer(in: json)
        try scanner.expect("}", in: json)
        return Invite(digest: digest, expiresAt: expiresAt)
    }

    private static func segment(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry {
        try scanner.expect("{\"segment\":", in: json)
        let number = Int(try scanner.integer(in: json))
        try scanner.expect(",\"store\":", in: json)
        let storeID = try scanner.string(in: json)
        try scanner.expect(",\"after\":", in: json)
        return .segment(number: number, storeID: storeID, after: try scanner.integer(in: json))
    }

    private static func changedUser(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry {
        try scanner.expect("{\"id\":", in: json)
        let id = UserID(try scanner.string(in: json))
        try scanner.expect(",\"username\":", in: json)
        let username = try scanner.string(in: json)
        try scanner.expect(",\"password\":", in: json)
        let password = try scanner.string(in: json)
        try scanner.expect(",\"epoch\":", in: json)
        let epoch = Int(try scanner.integer(in: json))
        try scanner.expect("}", in: json)
        return .userChanged(User(id: id, username: username, password: password, epoch: epoch))
    }

    private static func removedMessage(
        _ scanner: inout JSONScanner, in json: Span<UInt8>
    ) throws(JSONFault) -> JournalEntry {
        try scanner.expect("{\"id\":", in: json)
        let id = MessageID(try scanner.string(in: json))
        try scanner.expect(",\"senderId\":", in: json)
        let sender = UserID(try scanner.string(in: json))
        try scanner.expect(",\"receiverId\":", in: json)
        let receiver = UserID(try scanner.string(in: json))
        try scanner.expect(",\"timestamp\":", in: json)
        let timestamp = try scanner.integer(in: json)
        try scanner.expect("}", in: json)
        return .messageRemoved(id, sender, receiver, timestamp: timestamp)
    }
}

internal import Encoding

/// The effects of queued, not yet durable changes, per object. Each entry holds the last change
/// that touched the object, and is removed once that change is durable.
///
/// Messages and conversations are found by the keyed hashes of their ids, as durable messages are.
/// Keys that hold texts would count references to them at each comparison.
struct PendingChanges {
    private struct Entry<Value> {
        let value: Value
        let sequence: UInt64
    }

    private var usersByID: [UserID: Entry<User?>] = [:]
    /// The number of the last change that touched each message.
    private var messages: [MessageHash: UInt64] = [:]
    private var timestamps: [ConversationHash: Entry<Int64>] = [:]
    private var fingerprints: [Int: Entry<ByteText?>] = [:]
    private var expiries: [ByteText: Entry<Int64?>] = [:]
    /// Touched objects in the order of their changes, from `firstTouched` on.
    private var touched: [(sequence: UInt64, object: TouchedObject)] = []
    private var firstTouched = 0
    private(set) var newestTimestamp: Int64 = 0

    private typealias MessageHash = UInt64

    private struct ConversationHash: Hashable {
        private let first: UInt64
        private let second: UInt64

        init(of conversation: Conversation) {
            first = conversation.first.hash
            second = conversation.second.hash
        }
    }

    private enum TouchedObject {
        case user(UserID), message(MessageHash), conversation(ConversationHash), key(Int)
        case invite(ByteText)
    }

    /// The pending users that will exist.
    var users: some Sequence<User> { usersByID.values.lazy.compactMap(\.value) }
    /// All users with a pending change. The user is nil where it will be gone.
    var allUsers: some Sequence<(id: UserID, user: User?)> {
        usersByID.lazy.map { (id: $0.key, user: $0.value.value) }
    }
    /// The fingerprint of each pending key version, or nil for one that will be gone.
    var keys: [Int: ByteText?] { fingerprints.mapValues(\.value) }
    /// The expiry of each pending invitation by digest, or nil for one that will be gone.
    var invites: [ByteText: Int64?] { expiries.mapValues(\.value) }
    func invite(_ digest: ByteText) -> Int64?? { expiries[digest].map(\.value) }

    /// Returns nil if no change is pending, and a nil inside if the user will be gone.
    func user(_ id: UserID) -> User?? { usersByID[id].map(\.value) }
    func isUsed(_ id: MessageID) -> Bool { messages[id.hash] != nil }
    func timestamp(in conversation: Conversation) -> Int64? {
        timestamps[ConversationHash(of: conversation)]?.value
    }

    mutating func set(_ user: User?, for id: UserID, _ sequence: UInt64) {
        usersByID[id] = Entry(value: user, sequence: sequence)
        touched.append((sequence, .user(id)))
    }

    mutating func setUsed(_ id: MessageID, _ sequence: UInt64) {
        messages[id.hash] = sequence
        touched.append((sequence, .message(id.hash)))
    }

    mutating func set(_ fingerprint: ByteText?, forKey version: Int, _ sequence: UInt64) {
        fingerprints[version] = Entry(value: fingerprint, sequence: sequence)
        touched.append((sequence, .key(version)))
    }

    mutating func set(_ expiry: Int64?, forInvite digest: ByteText, _ sequence: UInt64) {
        expiries[digest] = Entry(value: expiry, sequence: sequence)
        touched.append((sequence, .invite(digest)))
    }

    /// Adds a new message, or the tombstone of one that is deleted.
    ///
    /// - Parameter setsTime: Whether a clock gave its time.
    mutating func add(_ message: StoredMessage, setsTime: Bool, _ sequence: UInt64) {
        setUsed(message.id, sequence)
        let conversation = ConversationHash(of: message.conversation)
        let time = message.deletedAt ?? message.timestamp
        timestamps[conversation] = Entry(value: time, sequence: sequence)
        touched.append((sequence, .conversation(conversation)))
        if setsTime { newestTimestamp = max(newestTimestamp, time) }
    }

    mutating func lowerNewestTimestamp(to timestamp: Int64) {
        newestTimestamp = min(newestTimestamp, timestamp)
    }

    mutating func settle(through sequence: UInt64) {
        while firstTouched < touched.count, touched[firstTouched].sequence <= sequence {
            forget(touched[firstTouched].object, through: sequence)
            firstTouched += 1
        }
        if firstTouched == touched.count {
            touched.removeAll(keepingCapacity: touched.count < 1024)
            firstTouched = 0
        } else if firstTouched > 1024, firstTouched > touched.count / 2 {
            touched.removeFirst(firstTouched)
            firstTouched = 0
        }
    }

    private mutating func forget(_ object: TouchedObject, through sequence: UInt64) {
        switch object {
        case .user(let id):
            if let entry = usersByID[id], entry.sequence <= sequence { usersByID[id] = nil }
        case .message(let hash):
            if let last = messages[hash], last <= sequence { messages[hash] = nil }
        case .conversation(let conversation):
            if let entry = timestamps[conversation], entry.sequence <= sequence {
                timestamps[conversation] = nil
            }
        case .key(let version):
            if let entry = fingerprints[version], entry.sequence <= sequence {
                fingerprints[version] = nil
            }
        case .invite(let digest):
            if let entry = expiries[digest], entry.sequence <= sequence { expiries[digest] = nil }
        }
    }
}

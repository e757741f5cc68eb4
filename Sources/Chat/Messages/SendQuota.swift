internal import Encoding
internal import EventLoop
internal import RateLimit
internal import Storage

/// Limits the messages in a minute and the stored bytes in a day of one user.
struct SendQuota {
    /// The least charge for a message in bytes. It covers memory and the file system's journal.
    private static let chargeMin = 512

    private var messages: TokenBuckets<UserID>?
    private var bytes: TokenBuckets<UserID>?

    /// - Parameter sharesBytes: Whether a `DayAllowance` limits the bytes instead.
    init(_ quotas: Quotas, sharesBytes: Bool = false) {
        if quotas.sendsPerMinute > 0 {
            messages = TokenBuckets(
                capacity: Double(quotas.sendsPerMinute) * 2,
                perSecond: Double(quotas.sendsPerMinute) / 60, keysMax: Quotas.usersMax)
        }
        if quotas.bytesPerDay > 0, !sharesBytes {
            bytes = TokenBuckets(
                capacity: Double(quotas.bytesPerDay),
                perSecond: Double(quotas.bytesPerDay) / 86_400, keysMax: Quotas.usersMax)
        }
    }

    /// Takes tokens for a message whose record has this many bytes. Returns the charge to give back
    /// if the message is not stored.
    ///
    /// - Throws: `tooManyMessages` or `tooMuchData`, and nothing is taken.
    mutating func take(_ recordBytes: Int, for sender: UserID) throws(ChatFault) -> Charge {
        let now = MonotonicTime.current()
        let charge = Charge(bytes: Double(max(recordBytes, Self.chargeMin)))
        if let wait = messages?.take(for: sender, at: now) {
            throw .tooManyMessages(after: wait)
        }
        if let wait = bytes?.take(charge.bytes, for: sender, at: now) {
            messages?.giveBack(for: sender)
            throw .tooMuchData(after: wait)
        }
        return charge
    }

    mutating func giveBack(_ charge: Charge, to sender: UserID) {
        messages?.giveBack(for: sender)
        bytes?.giveBack(charge.bytes, for: sender)
    }

    /// Returns the users who were refused lately, and why.
    func limited(at now: MonotonicTime) -> [LimitedUse] {
        LimitedUse.list(messages, .tooManyMessages, at: now)
            + LimitedUse.list(bytes, .tooMuchData, at: now)
    }

    struct Charge {
        let bytes: Double
    }
}

extension Messages {
    /// Returns the users whose messages were refused lately.
    package var limited: [LimitedUse] { quota.limited(at: .current()) }
}

extension SendQuota {
    /// Returns the length of a message's record before it is sealed. It counts a one-digit key
    /// version, base64 of nonce, ciphertext and tag, the ids, and the JSON around them.
    static func recordBytes(of message: OutgoingMessage) -> Int {
        let sealed = 4 * ((message.text.text.utf8Count + 28 + 2) / 3)
        let reply = message.replyTo.map { $0.text.utf8Count + 13 } ?? 0
        return sealed + message.id.text.utf8Count + message.sender.text.utf8Count
            + message.receiver.text.utf8Count + reply + (message.photo == nil ? 0 : 88) + 93
    }
}

/// The limits of one user, and the capacity of the store. 0 means no limit.
package struct Quotas: Sendable {
    /// The largest number of users with buckets. Beyond it, the users with the shortest wait lose
    /// theirs.
    static let usersMax = 50_000

    /// The messages that a user may send in a minute. A burst may have twice as many.
    package var sendsPerMinute = 60
    /// The bytes of stored records in a day. A record counts as at least 512 bytes.
    package var bytesPerDay = 10 << 20
    package var unknownNamesPerHour = 30
    /// The largest number of messages in the store. Further messages are refused.
    package var messagesMax = 2_000_000

    package init() {}
}

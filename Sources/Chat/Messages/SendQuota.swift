internal import Encoding
internal import EventLoop
internal import RateLimit
internal import Storage

/// How much one user may send: so many messages a minute, so many stored bytes a day.
struct SendQuota {
    /// What a message costs at least: its place in memory, and in the file system's journal.
    private static let chargeMin = 512

    private var messages: TokenBuckets<UserID>?
    private var bytes: TokenBuckets<UserID>?

    init(_ quotas: Quotas) {
        if quotas.sendsPerMinute > 0 {
            messages = TokenBuckets(
                capacity: Double(quotas.sendsPerMinute) * 2,
                perSecond: Double(quotas.sendsPerMinute) / 60, keysMax: Quotas.usersMax)
        }
        if quotas.bytesPerDay > 0 {
            bytes = TokenBuckets(
                capacity: Double(quotas.bytesPerDay),
                perSecond: Double(quotas.bytesPerDay) / 86_400, keysMax: Quotas.usersMax)
        }
    }

    /// Takes for one message whose record has so many bytes. Returns what is to be given back if
    /// it is not stored; throws, and takes nothing, where one of both is used up.
    mutating func take(_ recordBytes: Int, for sender: UserID) throws(ChatFault) -> Charge {
        let now = MonotonicTime.current()
        let charge = Charge(bytes: Double(max(recordBytes, Self.chargeMin)))
        if let wait = messages?.wait(for: sender, at: now) {
            throw .tooManyMessages(after: wait)
        }
        if let wait = bytes?.take(charge.bytes, for: sender, at: now) {
            throw .tooMuchData(after: wait)
        }
        _ = messages?.take(for: sender, at: now)
        return charge
    }

    mutating func giveBack(_ charge: Charge, to sender: UserID) {
        messages?.giveBack(for: sender)
        bytes?.giveBack(charge.bytes, for: sender)
    }

    struct Charge {
        fileprivate let bytes: Double
    }
}

extension SendQuota {
    /// The length of a message's record before it is sealed: base64 of nonce, ciphertext and tag
    /// behind a key's version of one digit, the ids, and what JSON adds.
    static func recordBytes(
        of text: MessageText, _ sender: UserID, _ receiver: UserID, _ id: MessageID
    ) -> Int {
        let sealed = 4 * ((text.text.utf8Count + 28 + 2) / 3)
        return sealed + id.text.utf8Count + sender.text.utf8Count + receiver.text.utf8Count
            + 81
    }
}

internal import Logging
internal import RateLimit

/// Limits the number of messages in the store, because its index is in memory.
struct StoreCapacity {
    private static let warningPercent = 80

    /// The largest number of messages. 0 means no limit.
    private let messagesMax: Int
    /// The percentage at the last warning.
    private var warnedPercent = warningPercent - 1

    init(messagesMax: Int) {
        self.messagesMax = messagesMax
    }

    /// Throws if the store takes no further message.
    func check(_ count: Int) throws(ChatFault) {
        if messagesMax > 0, count >= messagesMax { throw .storeFull }
    }

    /// Logs a warning once for each percent from 80 on.
    mutating func warn(_ count: Int, _ log: RateLimitedLog) {
        guard messagesMax > 0 else { return }
        let percent = Int(Double(count) / Double(messagesMax) * 100)
        guard percent > warnedPercent else { return }
        warnedPercent = percent
        log.log(
            .warning,
            """
            the store nears --messages-max, beyond which sends are refused: raise it if there is \
            memory for its index
            """,
            source: "\(percent) %", metadata: ["messages": "\(count)", "percent": "\(percent)"])
    }
}

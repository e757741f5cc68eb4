internal import Logging
internal import RateLimit

/// How many messages the store may hold: its index lies in memory.
struct StoreCapacity {
    private static let warningPercent = 80

    /// 0 is no limit.
    private let messagesMax: Int
    /// How full the store was when the log last said so.
    private var warnedPercent = warningPercent - 1

    init(messagesMax: Int) {
        self.messagesMax = messagesMax
    }

    /// Throws where no message more is taken.
    func check(_ count: Int) throws(ChatFault) {
        if messagesMax > 0, count >= messagesMax { throw .storeFull }
    }

    /// Warns once for each percent from the eightieth on.
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

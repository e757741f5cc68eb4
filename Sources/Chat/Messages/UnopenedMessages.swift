internal import Encoding
internal import Logging
internal import RateLimit
internal import Storage

/// Messages that the vault did not open, collected for a few log lines.
struct UnopenedMessages {
    /// The largest length of the ids in a line, in bytes. The first id is always logged, because
    /// ids of an earlier system may be long.
    private static let idsBytesMax = 1_000

    private(set) var notAuthentic: [StoredMessage] = []
    private(set) var ofRetiredKeys: [StoredMessage] = []

    /// Adds a message with its answer. It skips one that opened.
    mutating func add(_ message: StoredMessage, _ answer: OpenedText) {
        switch answer {
        case .text: break
        case .notAuthentic: notAuthentic.append(message)
        case .keyRetired: ofRetiredKeys.append(message)
        }
    }

    /// Logs the messages that are not authentic, and the retired key versions that others need. One
    /// line has the first ids, and the number of further ones.
    ///
    /// - Parameters:
    ///   - log: The log. It writes one line a minute for each key version.
    ///   - source: The source of the messages, or nil for their conversation.
    ///   - linesMax: The largest number of lines in a minute for that source.
    func log(to log: RateLimitedLog, source: String? = nil, linesMax: Int = 1) {
        if let first = notAuthentic.first {
            let people = [first.senderId.text, first.receiverId.text].sorted()
            log.log(
                .error, "a message is not authentic", source: source ?? "\(people[0])-\(people[1])",
                linesMax: linesMax, metadata: Self.names(notAuthentic))
        }
        for (version, messages) in Dictionary(grouping: ofRetiredKeys, by: \.keyVersion) {
            let version = version.map { "\($0)" } ?? "legacy"
            log.log(
                .error,
                """
                a message needs a key version that is retired: Cipher keys restore has it open \
                again, unless it was forgotten
                """,
                source: version, naming: ["version": "\(version)"],
                metadata: Self.names(messages))
        }
    }

    private static func names(_ messages: [StoredMessage]) -> Logger.Metadata {
        guard let first = messages.first else { return [:] }
        var (ids, count) = (first.id.text.string, 1)
        for message in messages.dropFirst() {
            guard ids.utf8.count + message.id.text.utf8Count < idsBytesMax else { break }
            ids += ",\(message.id)"
            count += 1
        }
        var metadata: Logger.Metadata = ["message": "\(ids)"]
        if count < messages.count { metadata["more"] = "\(messages.count - count)" }
        return metadata
    }
}

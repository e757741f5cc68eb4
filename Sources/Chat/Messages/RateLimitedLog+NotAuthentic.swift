internal import Encoding
internal import Logging
internal import RateLimit
internal import Storage

extension RateLimitedLog {
    /// How many bytes of ids a line holds, and the first id in any case: those of an earlier system
    /// may be long.
    private static let idsBytesMax = 1_000

    /// Tells which messages the vault did not find authentic: the ids of the first of them in one
    /// line, and how many there are more.
    ///
    /// - Parameters:
    ///   - source: Where they were met: a conversation, a walk through the store.
    ///   - linesMax: Lines a minute for that source.
    func noteNotAuthentic(_ messages: [StoredMessage], source: String, linesMax: Int = 1) {
        guard let first = messages.first else { return }
        var (ids, count) = (first.id.text.string, 1)
        for message in messages.dropFirst() {
            guard ids.utf8.count + message.id.text.utf8Count < Self.idsBytesMax else { break }
            ids += ",\(message.id)"
            count += 1
        }
        var metadata: Logger.Metadata = ["message": "\(ids)"]
        if count < messages.count { metadata["more"] = "\(messages.count - count)" }
        log(
            .error, "a message is not authentic", source: source, linesMax: linesMax,
            metadata: metadata)
    }
}

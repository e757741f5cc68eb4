/// The ids of a conversation's two people, made once and not for each of its messages.
struct SharedIDs: Sendable {
    private let ids: (UserID?, UserID?)

    static let none = SharedIDs(ids: (nil, nil))

    init(of conversation: Conversation) {
        ids = (Self.asWritten(conversation.first), Self.asWritten(conversation.second))
    }

    private init(ids: (UserID?, UserID?)) {
        self.ids = ids
    }

    /// The one of the two whose JSON is these bytes; nil where it is somebody else.
    func id(writtenAs bytes: Span<UInt8>) -> UserID? {
        if let first = ids.0, Self.equal(first, bytes) { return first }
        if let second = ids.1, Self.equal(second, bytes) { return second }
        return nil
    }

    /// Nil where the id's bytes could be the JSON of another text.
    private static func asWritten(_ id: UserID) -> UserID? {
        id.text.utf8.contains(UInt8(ascii: "\\")) ? nil : id
    }

    private static func equal(_ id: UserID, _ bytes: Span<UInt8>) -> Bool {
        let text = id.text.utf8.span
        guard text.count == bytes.count else { return false }
        for index in text.indices where text[index] != bytes[index] { return false }
        return true
    }
}

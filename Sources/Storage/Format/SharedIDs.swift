internal import Encoding

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
        if let first = ids.0, bytes.equals(first.text.utf8.span) { return first }
        if let second = ids.1, bytes.equals(second.text.utf8.span) { return second }
        return nil
    }

    /// Nil where the id's bytes could be the JSON of another text.
    private static func asWritten(_ id: UserID) -> UserID? {
        id.text.utf8.contains(UInt8(ascii: "\\")) ? nil : id
    }
}

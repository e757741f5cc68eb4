package import Encoding

/// A user as the operator's lists show one, with counts of what the user has stored.
package struct UserActivity: Sendable, Equatable {
    package let id: UserID
    package let username: ByteText
    package let isDisabled: Bool
    package let friendCount: Int
    /// The messages that the user has sent and the store holds, tombstones among them.
    package var messageCount = 0
    /// The bytes of the records of those messages. Nil where a list would have to read them all.
    package var bytes: Int64?
    /// The first time that the store knows of the user, in milliseconds since 1970: the first
    /// friendship or message.
    package var firstAt: Int64?
    /// The newest message that the user has sent or read, in milliseconds since 1970.
    package var lastAt: Int64?

    package init(
        id: UserID, username: ByteText, isDisabled: Bool, friendCount: Int, bytes: Int64? = nil
    ) {
        self.id = id
        self.username = username
        self.isDisabled = isDisabled
        self.friendCount = friendCount
        self.bytes = bytes
    }

    package mutating func begins(at time: Int64?) {
        guard let time else { return }
        firstAt = min(firstAt ?? time, time)
    }

    package mutating func reaches(_ time: Int64?) {
        guard let time else { return }
        lastAt = max(lastAt ?? time, time)
    }
}

package import Encoding

/// One row of a user's contact list.
package struct ContactSummary: Sendable, Equatable {
    /// The newest message of the conversation, in either direction.
    package struct LastMessage: Sendable, Equatable {
        package let senderId: UserID
        /// Milliseconds since 1970.
        package let timestamp: Int64

        package init(senderId: UserID, timestamp: Int64) {
            self.senderId = senderId
            self.timestamp = timestamp
        }
    }

    package let id: UserID
    package let username: ByteText
    package let lastMessage: LastMessage?
    /// The number of messages that this contact has sent to the list's owner.
    package let receivedCount: Int

    package init(id: UserID, username: ByteText, lastMessage: LastMessage?, receivedCount: Int) {
        self.id = id
        self.username = username
        self.lastMessage = lastMessage
        self.receivedCount = receivedCount
    }
}

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
    /// Grows with the row's last message and with the befriending. Lists are sorted by it.
    package var order: Int64 = 0
    package var lastMessage: LastMessage?
    /// The number of messages that this contact has sent to the list's owner.
    package var receivedCount = 0
    /// The number of messages that the list's owner has sent to this contact.
    package var sentCount = 0
    /// The number of received messages that are later than `readUpTo`.
    package var unreadCount = 0
    /// The time up to which the list's owner has read, in milliseconds since 1970, or 0.
    package var readUpTo: Int64 = 0
    /// The time up to which the contact has read, in milliseconds since 1970, or 0.
    package var friendReadUpTo: Int64 = 0
    /// The time of the befriending in milliseconds since 1970. Nil if it is unknown.
    package var addedAt: Int64?
    /// The one of the two who added the other. Nil if it is unknown.
    package var addedBy: UserID?
    /// The revision of the last change of this row, for the list's owner.
    package var changed: UInt64 = 0
    /// The time of the conversation's newest deletion. Nil if nothing was deleted.
    package var lastDeletedAt: Int64?

    package init(id: UserID, username: ByteText) {
        self.id = id
        self.username = username
    }
}

/// The changes of a contact list since a cursor.
package enum ContactChanges: Sendable, Equatable {
    /// A contact who has left the list.
    package struct Removed: Sendable, Equatable {
        package let id: UserID
        /// The revision of the removal.
        package let changed: UInt64

        package init(id: UserID, changed: UInt64) {
            self.id = id
            self.changed = changed
        }
    }

    /// The cursor belongs to another incarnation or is above the newest revision. Or an account
    /// that may have been in the list was removed after it.
    case unknownCursor
    /// The changed rows, latest conversation first, and the contacts who have left the list.
    case changes([ContactSummary], removed: [Removed])
}

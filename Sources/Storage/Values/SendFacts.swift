/// The facts that a send looks at before its text is sealed. They are read at once, because a store
/// may be a round trip away. The commit decides anew.
package struct SendFacts: Sendable, Equatable {
    /// The receiver's id as the store spells it.
    package let receiver: UserID
    /// Whether the receiver is among the sender's contacts.
    package let areFriends: Bool
    /// The number of messages in the store.
    package let messageCount: Int
    /// Whether a push service takes notifications for the receiver.
    package let hasSubscriptions: Bool

    package init(
        receiver: UserID, areFriends: Bool, messageCount: Int, hasSubscriptions: Bool
    ) {
        self.receiver = receiver
        self.areFriends = areFriends
        self.messageCount = messageCount
        self.hasSubscriptions = hasSubscriptions
    }
}

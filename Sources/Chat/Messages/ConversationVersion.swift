/// What the answer to a reader of a conversation depends on, beside the keys. No two conversations
/// have the same, unless there is nothing in either.
package struct ConversationVersion: Hashable, Sendable {
    /// Changes whenever messages come or go.
    let stored: UInt64
    /// How many messages were answered as not authentic.
    let notAuthentic: UInt64
}

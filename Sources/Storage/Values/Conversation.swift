/// All that two users wrote to each other. The order in which they are named does not matter.
package struct Conversation: Hashable, Sendable {
    package let first: UserID
    package let second: UserID

    package init(_ one: UserID, _ other: UserID) {
        // By what is the same however an id is spelt.
        let inOrder = one.hash <= other.hash
        first = inOrder ? one : other
        second = inOrder ? other : one
    }
}

/// All messages between two users. The order of the two does not matter.
package struct Conversation: Hashable, Sendable {
    package let first: UserID
    package let second: UserID

    package init(_ one: UserID, _ other: UserID) {
        // The hash is the same for every spelling of an id.
        let inOrder = one.hash <= other.hash
        first = inOrder ? one : other
        second = inOrder ? other : one
    }
}

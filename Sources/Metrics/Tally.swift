internal import Synchronization

/// A count that one thread writes and any thread may read.
///
/// It is a plain load and a plain store, and costs a poll two instructions. Additions of two
/// threads at once would get lost, so each tally belongs to one thread. Nearly all belong to the
/// loop.
package struct Tally: ~Copyable, Sendable {
    private let value = Atomic(0)

    package init() {}

    package var count: Int { value.load(ordering: .relaxed) }

    /// Returns the count of an element of an array. Swift 6.2 reads no property of one.
    package func read() -> Int { count }

    package func add(_ amount: Int = 1) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }
}

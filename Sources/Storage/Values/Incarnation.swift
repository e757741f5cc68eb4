/// A random number that tells apart the incarnations of a store's revisions.
///
/// An unclean start, a restore and an import begin a new incarnation. A clean restart keeps it. A
/// cursor of another incarnation says nothing about this one, whatever its counter is.
package struct Incarnation: Sendable, Equatable {
    /// Is from 1 to 2²⁰ - 1. A revision is therefore below 2⁵², and every JSON reader reads it
    /// exactly. A cursor of 0 belongs to no incarnation.
    package let number: UInt32
    private static let numbers: ClosedRange<UInt32> = 1...(1 << 20) - 1

    /// Begins a random incarnation.
    package init() { number = UInt32.random(in: Self.numbers) }

    /// Begins an incarnation that differs from `previous`.
    package init(after previous: Incarnation) {
        repeat { self.init() } while self == previous
    }

    /// Returns nil if no incarnation has this number.
    package init?(_ number: Int64) {
        guard let number = UInt32(exactly: number), Self.numbers.contains(number) else {
            return nil
        }
        self.number = number
    }

    /// Returns the revision of a change: the incarnation × 2³² plus the change's number.
    package func revision(_ change: UInt32) -> UInt64 { UInt64(number) << 32 | UInt64(change) }

    /// Returns the number of the change, or nil if the revision is of another incarnation.
    package func change(of revision: UInt64) -> UInt32? {
        revision >> 32 == UInt64(number) ? UInt32(truncatingIfNeeded: revision) : nil
    }
}

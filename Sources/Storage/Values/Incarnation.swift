/// A random number that one life of a store's revisions has: from a start that follows no clean
/// stop, a restore or an import, over any number of clean restarts.
///
/// A cursor of another life says nothing about this one, whatever its counter is.
package struct Incarnation: Sendable, Equatable {
    /// Below 2²⁰, so that a revision is below 2⁵² and every reader of JSON counts it exactly; never
    /// 0, so that a cursor of 0 belongs to none.
    package let number: UInt32
    private static let numbers: ClosedRange<UInt32> = 1...(1 << 20) - 1

    /// Begins a new one.
    package init() { number = UInt32.random(in: Self.numbers) }

    /// Begins another than the one before.
    package init(after previous: Incarnation) {
        repeat { self.init() } while self == previous
    }

    /// Nil where no incarnation has that number.
    package init?(_ number: Int64) {
        guard let number = UInt32(exactly: number), Self.numbers.contains(number) else {
            return nil
        }
        self.number = number
    }

    /// The revision of a change: the incarnation × 2³² and the change's number.
    package func revision(_ change: UInt32) -> UInt64 { UInt64(number) << 32 | UInt64(change) }
}

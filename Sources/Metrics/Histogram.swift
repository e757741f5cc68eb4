/// Counts of values by size, in few buckets. One thread writes it (`Tally`).
package final class Histogram: Sendable {
    package static let boundCount = 8

    /// The unit of the values, and the bounds that fit it.
    package enum Scale: Sendable {
        /// Values are nanoseconds, and are shown in seconds.
        case seconds
        /// Values are numbers of things.
        case count

        /// The largest values of all buckets but the last, which has no bound.
        var bounds: InlineArray<8, Int> {
            switch self {
            case .seconds:
                [
                    100_000, 1_000_000, 5_000_000, 20_000_000, 100_000_000, 500_000_000,
                    2_000_000_000, 10_000_000_000,
                ]
            case .count: [1, 2, 4, 8, 16, 64, 256, 1024]
            }
        }
    }

    package let scale: Scale
    private let bounds: InlineArray<8, Int>
    private let buckets = InlineArray<9, Tally> { _ in Tally() }
    private let sum = Tally()

    package init(_ scale: Scale = .seconds) {
        self.scale = scale
        bounds = scale.bounds
    }

    package func add(_ value: Int) {
        var bucket = 0
        while bucket < Self.boundCount, value > bounds[bucket] { bucket += 1 }
        buckets[bucket].add()
        sum.add(value)
    }

    package func add(_ duration: Duration) { add(Self.nanoseconds(duration)) }

    package var reading: Reading {
        var counts: [Int] = []
        for bucket in 0...Self.boundCount { counts.append(buckets[bucket].count) }
        return Reading(scale: scale, counts: counts, sum: sum.count)
    }

    private static func nanoseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(clamping: Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000))
    }

    /// The counts at one moment.
    package struct Reading: Sendable, Equatable {
        package let scale: Scale
        /// The number of values in each bucket; the last has no bound.
        package let counts: [Int]
        package let sum: Int
    }
}

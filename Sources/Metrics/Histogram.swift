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
        for bucket in 0...Self.boundCount { counts.append(buckets[bucket].read()) }
        return Reading(scale: scale, counts: counts, sum: sum.count)
    }

    static func nanoseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(clamping: Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000))
    }

    /// The counts at one moment.
    package struct Reading: Sendable, Equatable {
        package let scale: Scale
        /// The number of values in each bucket; the last has no bound.
        package let counts: [Int]
        package let sum: Int

        package var total: Int { counts.reduce(0, +) }

        /// Returns the values that came after an earlier reading of the same histogram.
        package func since(_ earlier: Reading) -> Reading {
            Reading(
                scale: scale, counts: zip(counts, earlier.counts).map { $0 - $1 },
                sum: sum - earlier.sum)
        }

        package static func + (one: Reading, other: Reading) -> Reading {
            Reading(
                scale: one.scale, counts: zip(one.counts, other.counts).map { $0 + $1 },
                sum: one.sum + other.sum)
        }

        /// Returns the bound of the bucket in which this share of the values ends; nil without a
        /// value, and `.max` beyond the last bound.
        package func bound(ofShare share: Double) -> Int? {
            guard total > 0 else { return nil }
            let bounds = scale.bounds
            var left = share * Double(total)
            for bucket in 0..<Histogram.boundCount {
                left -= Double(counts[bucket])
                if left <= 0 { return bounds[bucket] }
            }
            return .max
        }
    }
}

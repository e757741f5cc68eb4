/// Counts by a name of a small, fixed set. It costs more than a `Tally`, so it is for what fails.
/// It belongs to one thread.
package final class NamedTallies {
    package typealias Counts = [String: Int]

    package private(set) var counts: Counts = [:]

    package init() {}

    package func add(_ name: String) { counts[name, default: 0] += 1 }
}

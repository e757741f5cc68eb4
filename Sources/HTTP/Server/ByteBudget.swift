import Synchronization

/// How many bytes of one kind all connections together may hold, and how many they do.
final class ByteBudget: Sendable {
    private let max: Int
    private let used = Atomic(0)

    init(max: Int) {
        self.max = max
    }

    /// How many bytes there would be beyond the limit with `count` more; 0 or less where none.
    func excess(with count: Int) -> Int { used.load(ordering: .relaxed) + count - max }

    func charge(_ count: Int) { used.add(count, ordering: .relaxed) }
    func release(_ count: Int) { used.subtract(count, ordering: .relaxed) }
}

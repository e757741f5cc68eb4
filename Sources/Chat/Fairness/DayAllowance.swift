internal import Encoding
internal import EventLoop
internal import Storage

/// Tokens of a day that all processes over one store share.
///
/// A process takes them from the store in parts, and spends a part without asking again. A process
/// that ends loses what it has not spent.
actor DayAllowance {
    private static let day = Duration.seconds(86_400)

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let store: any SharedStore
    private let name: ByteText
    private let perDay: Double
    private let part: Double
    /// Tokens that were taken from the store and not spent, by key.
    private var unspent: [ByteText: Double] = [:]

    /// Returns nil if there is no limit, or no other process can use the store.
    ///
    /// - Parameters:
    ///   - name: Tells the allowance from others in the store.
    ///   - part: The number of tokens that are taken from the store at once.
    init?(
        _ name: ByteText, perDay: Int, part: Double = 0, of store: any ChatStore, loop: EventLoop
    ) {
        guard perDay > 0, let store = store as? any SharedStore else { return nil }
        self.store = store
        self.loop = loop
        self.name = name
        self.perDay = Double(perDay)
        self.part = part
    }

    /// Takes tokens and returns nil, or takes none and returns the time until they are there. More
    /// than those of a day count as those of a day.
    func take(_ count: Double = 1, for key: ByteText) async throws(StorageFault) -> Duration? {
        let count = min(count, perDay)
        if let rest = unspent[key], rest >= count {
            unspent[key] = rest - count
            return nil
        }
        if part > count, try await lease(part, for: key) == nil {
            giveBack(part - count, for: key)
            return nil
        }
        return try await lease(count, for: key)
    }

    /// Keeps unspent tokens for the same key.
    func giveBack(_ count: Double = 1, for key: ByteText) {
        if unspent.count >= Quotas.usersMax { unspent = [:] }
        unspent[key, default: 0] += count
    }

    private func lease(
        _ count: Double, for key: ByteText
    ) async throws(StorageFault) -> Duration? {
        try await store.take(
            Self.day * (count / perDay), of: ByteText("\(name) \(key)"), within: Self.day)
    }
}

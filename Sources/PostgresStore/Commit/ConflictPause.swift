/// The pause before a transaction is tried again that met another one.
enum ConflictPause {
    private static let firstMax = Duration.milliseconds(5)
    private static let longest = Duration.milliseconds(200)

    /// Returns the longest pause after this many conflicts. It doubles with each.
    static func max(after conflicts: Int) -> Duration {
        min(firstMax * (1 << min(conflicts - 1, 16)), longest)
    }

    /// Returns a pause up to the longest one, at random.
    static func random(after conflicts: Int) -> Duration {
        max(after: conflicts) * Double.random(in: 0...1)
    }
}

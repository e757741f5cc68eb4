package import Logging
import Synchronization

/// The least level that the program logs. Its operator may change it while it runs.
package final class LogThreshold: Sendable {
    /// The level of all loggers that `LineLog.bootstrap` makes.
    package static let program = LogThreshold(.info)

    /// Made once, because every poll asks for the level.
    private static let levels = Logger.Level.allCases

    /// The place in `levels`.
    private let place: Atomic<Int>

    init(_ level: Logger.Level) {
        place = Atomic(Self.place(of: level))
    }

    package var level: Logger.Level {
        get { Self.levels[place.load(ordering: .relaxed)] }
        set { place.store(Self.place(of: newValue), ordering: .relaxed) }
    }

    private static func place(of level: Logger.Level) -> Int {
        levels.firstIndex(of: level) ?? 0
    }
}

internal import EventLoop

/// When the journal is folded into `db.json`. Every fold writes the whole store, and flash wears:
/// the rules keep all that is ever written below four bytes for each byte of message record.
///
/// - A journal as large as the snapshot (at least 8 MiB) is folded: each fold then doubles the
///   store, so all folds together cost about twice its size, and the journal costs once.
/// - A snapshot below 8 MiB is kept up to date, for those who read it: after 2 s of quiet and at
///   shutdown. A long trickle of changes with pauses between would fold for each of them: folds
///   after quiet are paid from an allowance, 64 MiB and two bytes for each byte of the journal.
/// - A removal is to leave the files soon: within a minute where the rule before allows a fold,
///   else once in 24 hours.
struct FoldPolicy: Sendable {
    static let smallBytesMax: Int64 = 8 << 20
    static let quietTime = Duration.seconds(2)
    /// How long a removal waits for 2 s of quiet.
    static let removalDelayMax = Duration.seconds(50)
    static let removalInterval = Duration.seconds(24 * 3600)
    static let firstRetryDelay = Duration.seconds(30)
    static let retryDelayMax = Duration.seconds(3600)
    static let firstAllowance: Int64 = 64 << 20
    static let allowancePerByte: Int64 = 2

    enum Decision: Equatable, Sendable {
        case nothing
        case now
        /// Ask again at this time, unless something changes before.
        case at(MonotonicTime)
    }

    /// Bytes that folds after quiet may still write.
    private(set) var allowance = firstAllowance
    private var lastChange: MonotonicTime?
    private var earliestFold: MonotonicTime?
    private var retryDelay = firstRetryDelay
    /// Since when the journal holds the removal of something that `db.json` has.
    private var removedAt: MonotonicTime?
    private var lastRemovalFold: MonotonicTime?

    init() {}

    /// - Parameter removes: Whether a change removes what is to leave the files.
    mutating func appended(bytes: Int, at time: MonotonicTime, removes: Bool = false) {
        allowance += Self.allowancePerByte * Int64(bytes)
        lastChange = time
        if removes { noteRemoval(at: time) }
    }

    mutating func noteRemoval(at time: MonotonicTime) { removedAt = removedAt ?? time }

    mutating func folded(bytes: Int64, afterQuiet: Bool, at time: MonotonicTime) {
        if removedAt != nil { lastRemovalFold = time }
        removedAt = nil
        if afterQuiet { allowance -= bytes }
        earliestFold = nil
        retryDelay = Self.firstRetryDelay
    }

    mutating func failed(at time: MonotonicTime) {
        earliestFold = time + retryDelay
        retryDelay = min(retryDelay * 2, Self.retryDelayMax)
    }

    /// - Parameters:
    ///   - snapshotBytes: The length of `db.json`.
    ///   - journalBytes: The length of all that is not folded; 0 when it holds no change.
    func decision(
        snapshotBytes: Int64, journalBytes: Int64, at time: MonotonicTime
    ) -> Decision {
        guard journalBytes > 0 else { return .nothing }
        if let earliestFold, time < earliestFold { return .at(earliestFold) }
        if isLarge(snapshotBytes: snapshotBytes, journalBytes: journalBytes) { return .now }
        let isSmall =
            snapshotBytes < Self.smallBytesMax && snapshotBytes + journalBytes <= allowance
        guard isSmall || removedAt != nil else { return .nothing }
        var due = lastChange.map { $0 + Self.quietTime } ?? time
        if let removedAt { due = min(due, removedAt + Self.removalDelayMax) }
        if !isSmall, let lastRemovalFold { due = max(due, lastRemovalFold + Self.removalInterval) }
        return time < due ? .at(due) : .now
    }

    /// Whether the journal alone is reason enough, however busy the store is.
    func isLarge(snapshotBytes: Int64, journalBytes: Int64) -> Bool {
        journalBytes >= max(snapshotBytes, Self.smallBytesMax)
    }

    func foldsAtShutdown(snapshotBytes: Int64, journalBytes: Int64) -> Bool {
        journalBytes > 0 && snapshotBytes < Self.smallBytesMax
    }
}

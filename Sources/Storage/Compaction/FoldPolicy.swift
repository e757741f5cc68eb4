internal import EventLoop

/// Decides when the journal is folded into `db.json`. Every fold writes the whole store, and flash
/// wears out. The rules keep all writes together below four bytes for each byte of message record.
///
/// - A journal as large as the snapshot (at least 8 MiB) is folded. Each fold then doubles the
///   store. All folds together cost about twice its size, and the journal costs once.
/// - A snapshot below 8 MiB is kept current for its human readers. It is folded after 2 s without
///   changes, and at shutdown.
/// - An allowance pays for folds after quiet: 64 MiB, and two bytes for each byte of the journal. A
///   long trickle of changes with pauses would otherwise fold after each change.
/// - A removal leaves the files within a minute if the rules for small snapshots allow a fold.
///   Otherwise removals cause one fold in 24 hours.
struct FoldPolicy: Sendable {
    static let smallBytesMax: Int64 = 8 << 20
    static let quietTime = Duration.seconds(2)
    /// The longest time that a fold for a removal waits for quiet.
    static let removalDelayMax = Duration.seconds(50)
    static let removalInterval = Duration.seconds(24 * 3600)
    static let firstRetryDelay = Duration.seconds(30)
    static let retryDelayMax = Duration.seconds(3600)
    static let firstAllowance: Int64 = 64 << 20
    static let allowancePerByte: Int64 = 2

    enum Decision: Equatable, Sendable {
        case nothing
        case now
        /// Decide again at this time, or after an earlier change.
        case at(MonotonicTime)
    }

    /// The bytes that folds after quiet may still write.
    private(set) var allowance = firstAllowance
    private var lastChange: MonotonicTime?
    private var earliestFold: MonotonicTime?
    private var retryDelay = firstRetryDelay
    /// The time of the first removal in the active segment. `db.json` still holds its content.
    private var removedAt: MonotonicTime?
    /// The time of the first removal in the segments that a fold is writing.
    private var foldedRemoval: MonotonicTime?
    private var lastRemovalFold: MonotonicTime?

    init() {}

    /// - Parameter removes: Whether a change removes stored content.
    mutating func appended(bytes: Int, at time: MonotonicTime, removes: Bool = false) {
        allowance += Self.allowancePerByte * Int64(bytes)
        lastChange = time
        if removes { noteRemoval(at: time) }
    }

    mutating func noteRemoval(at time: MonotonicTime) { removedAt = removedAt ?? time }

    /// Notes that a fold begins. A removal from now on is not in it.
    mutating func sealed() {
        foldedRemoval = foldedRemoval ?? removedAt
        removedAt = nil
    }

    mutating func folded(bytes: Int64, afterQuiet: Bool, at time: MonotonicTime) {
        if foldedRemoval != nil { lastRemovalFold = time }
        foldedRemoval = nil
        if afterQuiet { allowance -= bytes }
        earliestFold = nil
        retryDelay = Self.firstRetryDelay
    }

    mutating func failed(at time: MonotonicTime) {
        removedAt = foldedRemoval ?? removedAt
        foldedRemoval = nil
        earliestFold = time + retryDelay
        retryDelay = min(retryDelay * 2, Self.retryDelayMax)
    }

    /// Decides whether a fold is due.
    ///
    /// - Parameters:
    ///   - snapshotBytes: The length of `db.json`.
    ///   - journalBytes: The length of the journal that is not folded, or 0 if it holds no change.
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

    /// Returns whether the size of the journal alone makes a fold due, even in a busy store.
    func isLarge(snapshotBytes: Int64, journalBytes: Int64) -> Bool {
        journalBytes >= max(snapshotBytes, Self.smallBytesMax)
    }

    /// Returns whether a shutdown folds the journal, if that holds anything.
    func foldsAtShutdown(snapshotBytes: Int64) -> Bool { snapshotBytes < Self.smallBytesMax }
}

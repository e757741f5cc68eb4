internal import EventLoop

/// When the journal is folded into `db.json`. Every fold writes the whole store, and flash wears:
/// the rules keep all that is ever written below four bytes for each byte of message record.
///
/// - A journal as large as the snapshot (at least 8 MiB) is folded: each fold then doubles the
///   store, so all folds together cost about twice its size, and the journal costs once.
/// - A snapshot below 8 MiB is kept up to date, for those who read it: after 2 s of quiet and at
///   shutdown. A long trickle of changes with pauses between would fold for each of them: folds
///   after quiet are paid from an allowance, 64 MiB and two bytes for each byte of the journal.
struct FoldPolicy: Sendable {
    static let smallBytesMax: Int64 = 8 << 20
    static let quietTime = Duration.seconds(2)
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

    init() {}

    mutating func appended(bytes: Int, at time: MonotonicTime) {
        allowance += Self.allowancePerByte * Int64(bytes)
        lastChange = time
    }

    mutating func folded(bytes: Int64, afterQuiet: Bool) {
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
        guard snapshotBytes < Self.smallBytesMax, snapshotBytes + journalBytes <= allowance else {
            return .nothing
        }
        guard let lastChange else { return .now }
        let quiet = lastChange + Self.quietTime
        return time < quiet ? .at(quiet) : .now
    }

    /// Whether the journal alone is reason enough, however busy the store is.
    func isLarge(snapshotBytes: Int64, journalBytes: Int64) -> Bool {
        journalBytes >= max(snapshotBytes, Self.smallBytesMax)
    }

    func foldsAtShutdown(snapshotBytes: Int64, journalBytes: Int64) -> Bool {
        journalBytes > 0 && snapshotBytes < Self.smallBytesMax
    }
}

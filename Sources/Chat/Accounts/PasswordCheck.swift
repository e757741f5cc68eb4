internal import Encoding
internal import EventLoop
import Synchronization

/// Compares a password with a stored hash so that a failure's time does not tell whose hash it was:
/// one of today's cost, one that an earlier system made at another cost, or nobody's.
///
/// A password is tried as it was sent, and once more in Normalization Form C where that differs:
/// keyboards spell the same word in more than one way (RFC 8265 §4.2.1).
///
/// Cheaper hashes are made up for by more rounds. Where there are dearer ones, every failure is
/// answered at a multiple of a time that even the dearest is done in: rounds for all of them would
/// let a few such accounts slow every log-in down.
final class PasswordCheck: Sendable {
    struct Outcome: Sendable {
        let isRight: Bool
        /// The right password's hash as one is made today, where the stored one is another.
        var renewed: ByteText?
        /// How long the work took.
        var time = Duration.zero
        /// How long a failure is to wait for its answer.
        var pause = Duration.zero
    }

    private struct Pace {
        let cost: Int
        let duration: Duration
        let measuredAt: MonotonicTime
    }

    private static let paceMax = Duration.seconds(10)
    /// The machine may be busier than it was.
    private static let measureInterval = Duration.seconds(60)

    private let nobodysHash: ByteText
    private let pace = Mutex<Pace?>(nil)

    init() throws(BCrypt.Failure) {
        nobodysHash = try BCrypt.hash(RandomID.uuid())
    }

    /// Blocks for as long as bcrypt takes.
    ///
    /// - Parameters:
    ///   - hash: Nil for a name that nobody has.
    ///   - length: Which passwords may be right at all.
    ///   - dearest: The cost of the dearest hash there is.
    func run(
        _ password: ByteText, against hash: ByteText?, length: PasswordLength, dearest: Int
    ) -> Outcome {
        let start = MonotonicTime.current()
        let composed = NormalizationFormC.changed(password)
        let isRight =
            matches(password, hash, length)
            || composed.map { matches($0, hash, length) } ?? false
        guard isRight, let hash else { return failure(since: start, dearest) }
        let isOfToday = BCrypt.isOfToday(hash)
        return Outcome(
            isRight: true, renewed: isOfToday ? nil : try? BCrypt.hash(composed ?? password))
    }

    /// Returns whether the password, in either spelling, is that of the hash, for a caller who
    /// knows whose hash it is. Blocks for as long as bcrypt takes.
    static func isRight(_ password: ByteText, for hash: ByteText, _ length: PasswordLength)
        -> Bool
    {
        [password, NormalizationFormC.changed(password)].contains { spelling in
            guard let spelling else { return false }
            return BCrypt.verify(spelling, against: hash) && length.takes(spelling)
        }
    }

    /// Works as long for a failure at each cost up to today's.
    private func matches(_ spelling: ByteText, _ hash: ByteText?, _ length: PasswordLength) -> Bool
    {
        guard let hash, let cost = BCrypt.cost(of: hash) else {
            _ = BCrypt.verify(spelling, against: nobodysHash)
            return false
        }
        if BCrypt.verify(spelling, against: hash), length.takes(spelling) { return true }
        // 2^c, and 2^c + 2^(c+1) + … + 2^9 after it, are 2^10.
        for missing in stride(from: cost, to: BCrypt.cost, by: 1) { BCrypt.spend(missing) }
        return false
    }

    /// Returns the time whose multiples failures are answered at: half as much again as a hash of
    /// that cost takes, measured once a minute.
    func pace(of cost: Int) -> Duration {
        let start = MonotonicTime.current()
        let known = pace.withLock { pace in
            pace.flatMap { known in
                let isFresh = start - known.measuredAt < Self.measureInterval
                return isFresh && known.cost == cost ? known.duration : nil
            }
        }
        if let known { return known }
        BCrypt.spend(cost)
        let now = MonotonicTime.current()
        let measured = min((now - start) * 3 / 2, Self.paceMax)
        pace.withLock { $0 = Pace(cost: cost, duration: measured, measuredAt: now) }
        return measured
    }

    private func failure(since start: MonotonicTime, _ dearest: Int) -> Outcome {
        guard dearest > BCrypt.cost else {
            return Outcome(isRight: false, time: MonotonicTime.current() - start)
        }
        let pace = pace(of: min(dearest, BCrypt.costsTaken.upperBound))
        let time = MonotonicTime.current() - start
        let count = max(1, (time / pace).rounded(.up))
        return Outcome(isRight: false, time: time, pause: pace * count - time)
    }
}

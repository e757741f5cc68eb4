internal import Storage
internal import Encoding
internal import EventLoop
import Synchronization

/// Compares a password with a stored hash. The time of a failure does not tell whether the hash has
/// the current cost, another cost, or does not exist.
///
/// A password is tried as it was sent, and once more in Normalization Form C if that differs.
/// Keyboards spell the same word in more than one way (RFC 8265 §4.2.1).
///
/// A hash of a lower cost is filled up with more rounds. If any stored hash has a higher cost,
/// every failure is answered at a multiple of a fixed interval. That interval is longer than the
/// check of the highest cost. Filling all hashes up to the highest cost would let a few such
/// accounts slow every log-in down.
final class PasswordCheck: Sendable {
    struct Outcome: Sendable {
        let isRight: Bool
        /// A new hash of the right password, if the stored hash is not of the current form.
        var renewed: ByteText?
        /// The duration of the work.
        var time = Duration.zero
        /// The delay before a failure is answered.
        var pause = Duration.zero
    }

    private struct Interval {
        let cost: Int
        let duration: Duration
        let measuredAt: MonotonicTime
    }

    private static let intervalMax = Duration.seconds(10)
    /// The interval is measured again after this time, because the load may have changed.
    private static let measureInterval = Duration.seconds(60)

    private let decoyHash: ByteText
    private let interval = Mutex<Interval?>(nil)

    init() throws(BCrypt.Failure) {
        decoyHash = try BCrypt.hash(RandomID.uuid())
    }

    /// Checks the password. It blocks for as long as bcrypt takes.
    ///
    /// - Parameters:
    ///   - hash: Nil for an unknown name.
    ///   - length: The lengths that a right password may have.
    ///   - highestCost: The highest cost of all stored hashes.
    func run(
        _ password: ByteText, against hash: ByteText?, length: PasswordLength, highestCost: Int
    ) -> Outcome {
        let start = MonotonicTime.current()
        let composed = NormalizationFormC.changed(password)
        let isRight =
            matches(password, hash, length)
            || composed.map { matches($0, hash, length) } ?? false
        guard isRight, let hash else { return failure(since: start, highestCost) }
        let isCurrent = BCrypt.isCurrent(hash)
        return Outcome(
            isRight: true, renewed: isCurrent ? nil : try? BCrypt.hash(composed ?? password))
    }

    /// Returns whether the password, in either spelling, matches the hash. Its caller knows whose
    /// hash it is, so the time may differ. It blocks for as long as bcrypt takes.
    static func isRight(_ password: ByteText, for hash: ByteText, _ length: PasswordLength)
        -> Bool
    {
        [password, NormalizationFormC.changed(password)].contains { spelling in
            guard let spelling else { return false }
            return BCrypt.verify(spelling, against: hash) && length.accepts(spelling)
        }
    }

    /// Returns whether a spelling matches. A failure takes the same time at each cost up to the
    /// current one.
    private func matches(_ spelling: ByteText, _ hash: ByteText?, _ length: PasswordLength) -> Bool
    {
        guard let hash, let cost = BCrypt.cost(of: hash) else {
            _ = BCrypt.verify(spelling, against: decoyHash)
            return false
        }
        if BCrypt.verify(spelling, against: hash), length.accepts(spelling) { return true }
        // The check took 2^c rounds. Together with 2^c + 2^(c+1) + … + 2^9 rounds that makes 2^10.
        for missing in stride(from: cost, to: BCrypt.cost, by: 1) { BCrypt.spend(missing) }
        return false
    }

    /// Returns the interval to which the duration of a failed check is rounded up: 1.5 times one
    /// hash of this cost. It is measured once a minute.
    func failureInterval(of cost: Int) -> Duration {
        let start = MonotonicTime.current()
        let known = interval.withLock { interval in
            interval.flatMap { known in
                let isFresh = start - known.measuredAt < Self.measureInterval
                return isFresh && known.cost == cost ? known.duration : nil
            }
        }
        if let known { return known }
        BCrypt.spend(cost)
        let now = MonotonicTime.current()
        let measured = min((now - start) * 3 / 2, Self.intervalMax)
        interval.withLock { $0 = Interval(cost: cost, duration: measured, measuredAt: now) }
        return measured
    }

    private func failure(since start: MonotonicTime, _ highestCost: Int) -> Outcome {
        guard highestCost > BCrypt.cost else {
            return Outcome(isRight: false, time: MonotonicTime.current() - start)
        }
        let interval = failureInterval(of: min(highestCost, BCrypt.costsAccepted.upperBound))
        let time = MonotonicTime.current() - start
        let count = max(1, (time / interval).rounded(.up))
        return Outcome(isRight: false, time: time, pause: interval * count - time)
    }
}

/// The lengths of the passwords that a user's hash may stand for.
enum PasswordLength: Sendable {
    /// At most 72 bytes. bcrypt ignores further bytes, so a longer password would match by its
    /// beginning alone.
    case whole
    /// Any length. The earlier system accepted longer passwords and cut them, and its users type
    /// them whole.
    case anyCut

    init(of user: User) {
        self = Epoch.isOfEarlierSystem(user.epoch) ? .anyCut : .whole
    }

    func accepts(_ password: ByteText) -> Bool {
        switch self {
        case .whole: password.utf8Count <= NewPassword.bytesMax
        case .anyCut: true
        }
    }
}

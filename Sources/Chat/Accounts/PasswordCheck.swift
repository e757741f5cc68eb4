internal import Encoding
internal import EventLoop

/// Compares a password with a stored hash so that a failure's time does not tell whose hash it was:
/// one of today's cost, one that an earlier system made at another cost, or nobody's.
///
/// Cheaper hashes are made up for by more rounds, dearer ones by a pause that the others take
/// (`pause`): rounds for all of them would let a few such accounts slow every log-in down.
struct PasswordCheck: Sendable {
    struct Outcome: Sendable {
        let isRight: Bool
        /// The right password's hash as one is made today, where the stored one is another.
        var renewed: ByteText?
        /// 2^cost rounds of work were done for a failure.
        var cost = BCrypt.cost
        /// How long they took.
        var time = Duration.zero

        /// How much longer the work would have taken at a higher cost; zero at a lower one.
        func pause(upToCost dearest: Int) -> Duration {
            guard dearest > cost else { return .zero }
            let factor = 1 << (min(dearest, BCrypt.costsTaken.upperBound) - cost)
            return min(time * (factor - 1), PasswordCheck.pauseMax)
        }
    }

    private static let pauseMax = Duration.seconds(10)

    private let nobodysHash: ByteText

    init() throws(BCrypt.Failure) {
        nobodysHash = try BCrypt.hash(RandomID.uuid())
    }

    /// Blocks for as long as bcrypt takes.
    ///
    /// - Parameters:
    ///   - hash: Nil for a name that nobody has.
    ///   - mayBeRight: False for a password that is wrong whatever bcrypt says.
    func run(_ password: ByteText, against hash: ByteText?, mayBeRight: Bool) -> Outcome {
        let start = MonotonicTime.current()
        guard let hash, let cost = BCrypt.cost(of: hash) else {
            _ = BCrypt.verify(password, against: nobodysHash)
            return Outcome(isRight: false, time: MonotonicTime.current() - start)
        }
        if BCrypt.verify(password, against: hash), mayBeRight {
            let isOfToday = BCrypt.isOfToday(hash)
            return Outcome(isRight: true, renewed: isOfToday ? nil : try? BCrypt.hash(password))
        }
        // 2^c, and 2^c + 2^(c+1) + … + 2^9 after it, are 2^10.
        for missing in stride(from: cost, to: BCrypt.cost, by: 1) { BCrypt.spend(missing) }
        return Outcome(
            isRight: false, cost: max(cost, BCrypt.cost), time: MonotonicTime.current() - start)
    }
}

import CipherAPI
import Encoding
import Logging
import Program
import RateLimit
import Synchronization

/// Counts the seals of each key and stops at 2³². Beyond that two equal nonces grow too likely,
/// since nonces are 96 random bits (NIST SP 800-38D §8.3).
///
/// Seals are reserved ahead, in large steps, in a file beside the ring (`KeyCountFile`). A crash
/// can only make a count too high, and the flash is written once in a million seals.
///
/// A key without an entry seals nothing: its count was lost, and may have been anything.
///
/// Several Ciphers of one ring each keep to `most`, and together to 2³².
final class KeyBudget: Sendable {
    struct SealLimits {
        var most = CipherLimits.sealsMax
        /// The count from which the log asks for a rotation.
        var warning: Int64
        /// Seals reserved at once.
        var step: Int64

        /// - Parameters:
        ///   - warning: By default half of `most`.
        ///   - step: By default a million, or a part of a smaller `most`.
        init(
            warning: Int64? = nil, most: Int64 = CipherLimits.sealsMax, step: Int64? = nil
        ) {
            self.most = most
            self.warning = warning ?? max(1, most / 2)
            self.step = step ?? min(1 << 20, max(1, most / 64))
        }
    }

    /// The age in seconds from which the log asks for a rotation: a year (NIST SP 800-57, §5.3.6).
    static let secondsMax: Int64 = 365 * 86_400

    private struct Count {
        /// Seals reserved in the file, by all processes.
        var reserved: Int64
        /// Seals that this process has reserved and not used.
        var unused: Int64 = 0
        var hasWarned = false
        var hasReportedExhaustion = false
        /// Whether all Ciphers of the ring together have reserved what one key may seal.
        var isSharedOut = false
        /// Whether they have reserved half of it.
        var isHalfShared = false

        var sealCount: Int64 { reserved - unused }
    }

    private let file: KeyCountFile
    let limits: SealLimits
    let log: RateLimitedLog
    private let counts: Mutex<[ByteText: Count]>

    /// Reads the counts beside the ring at that path.
    ///
    /// - Parameter slot: The number of the process among those that serve the ring.
    init(
        besideRing path: String, slot: Int = 1, limits: SealLimits = SealLimits(),
        log: RateLimitedLog
    ) throws(StartFailure) {
        file = KeyCountFile(besideRing: path, slot: slot)
        self.limits = limits
        self.log = log
        counts = Mutex(try file.read().mapValues { Count(reserved: $0) })
    }

    /// Returns the number of seals under that key, or nil where it has no entry. A key that may
    /// seal no more here has `most`.
    func sealCount(of fingerprint: ByteText) -> Int64? {
        counts.withLock { counts in
            counts[fingerprint].map { count in
                count.isSharedOut && count.unused == 0
                    ? max(limits.most, count.sealCount) : count.sealCount
            }
        }
    }

    /// Reads entries that are new in the file, and logs a missing entry of the current key.
    func reload(current fingerprint: ByteText) throws(StartFailure) {
        do throws(StartFailure) { try file.admit(fingerprint) } catch {
            // Opening goes on without it.
            log.log(.error, "the count of uses is not made", metadata: ["fault": "\(error)"])
        }
        let reserved = try file.read()
        let isMissing = counts.withLock { counts in
            for (fingerprint, count) in reserved where counts[fingerprint] == nil {
                counts[fingerprint] = Count(reserved: count)
            }
            // Another Cipher may have handed something back.
            for fingerprint in counts.keys { counts[fingerprint]?.isSharedOut = false }
            return counts[fingerprint] == nil
        }
        if isMissing { _ = missing(fingerprint) }
    }

    /// Counts one seal under that key. Throws when it may seal no more.
    func countSeal(_ fingerprint: ByteText) throws(CipherFault) {
        try counts.withLock { counts throws(CipherFault) in
            guard var count = counts[fingerprint] else { throw missing(fingerprint) }
            defer { counts[fingerprint] = count }
            let isUsedUp = count.unused == 0
            if isUsedUp, count.reserved < limits.most, !count.isSharedOut {
                if try reserve(&count, fingerprint) >= CipherLimits.sealsMax / 2 {
                    count.isHalfShared = true
                }
            }
            guard count.unused > 0 else { throw exhausted(&count, fingerprint) }
            count.unused -= 1
            if count.sealCount >= limits.warning || count.isHalfShared, !count.hasWarned {
                count.hasWarned = true
                log.log(
                    .warning,
                    "the current key has sealed half as often as it may: run Cipher keys rotate",
                    metadata: ["fingerprint": "\(fingerprint)"])
            }
        }
    }

    /// Returns unused reservations to the file, at a clean end.
    func releaseUnused() {
        counts.withLock { counts in
            let unused = counts.mapValues(\.unused).filter { $0.value > 0 }
            if unused.isEmpty { return }
            do throws(StartFailure) {
                try file.change { reserved in
                    for (fingerprint, unused) in unused {
                        // The file may hold a lower count meanwhile, from a backup.
                        let used = counts[fingerprint]?.sealCount ?? 0
                        reserved[fingerprint] = reserved[fingerprint].map { max($0 - unused, used) }
                    }
                }
            } catch {
                // A count that is too high does no harm.
                log.log(
                    .warning, "the count of uses stays higher than it is",
                    metadata: ["fault": "\(error)"])
            }
            for fingerprint in unused.keys {
                counts[fingerprint]?.reserved -= unused[fingerprint] ?? 0
                counts[fingerprint]?.unused = 0
            }
        }
    }

    /// Returns the seals that all Ciphers of the ring have reserved.
    private func reserve(
        _ count: inout Count, _ fingerprint: ByteText
    ) throws(CipherFault) -> Int64 {
        do throws(StartFailure) {
            let made = try file.reserve(
                fingerprint, step: limits.step, known: count.reserved, most: limits.most)
            (count.reserved, count.unused) = (made.reserved, made.step)
            count.isSharedOut = made.step == 0
            return made.inAll
        } catch {
            log.log(.error, "nothing is sealed", metadata: ["fault": "\(error)"])
            throw CipherFault(.internal, "the count of uses cannot be written")
        }
    }

    /// Returns the fault for every caller, and logs it once.
    private func exhausted(_ count: inout Count, _ fingerprint: ByteText) -> CipherFault {
        if !count.hasReportedExhaustion {
            log.log(
                .error,
                "the current key has sealed as often as it may: run Cipher keys rotate",
                metadata: ["fingerprint": "\(fingerprint)"])
        }
        count.hasReportedExhaustion = true
        return CipherFault(
            .keyExhausted, "the current key has sealed as often as it may; rotate the key ring")
    }

    /// Returns the fault for every caller, and logs it once a minute.
    private func missing(_ fingerprint: ByteText) -> CipherFault {
        log.log(
            .error,
            """
            nothing is sealed, since the count of the current key's uses is missing: put its \
            backup back, or run Cipher keys recount; then SIGHUP
            """,
            metadata: ["fingerprint": "\(fingerprint)", "file": "\(file.path)"])
        return CipherFault(
            .keyExhausted, "the count of the current key's uses is missing; see Cipher's log")
    }
}

import CipherAPI
import Encoding
import Logging
import Program
import RateLimit
import Synchronization

/// How often each key has sealed. With random 96-bit nonces a key may do so 2³² times before two
/// equal ones grow too likely (NIST SP 800-38D §8.3).
///
/// Counts are set aside ahead, in large steps, in a file beside the ring: a crash can only make
/// them too high, and the flash is written once in a million seals. The file is JSON, an object of
/// fingerprints and counts; it outlives the ring's rewriting, since it names keys and not versions.
///
/// A key without an entry seals nothing: its count was lost, and may have been anything.
final class KeyBudget: Sendable {
    struct Limits {
        var warning: Int64 = 1 << 31
        var most: Int64 = 1 << 32
        var step: Int64 = 1 << 20
    }

    private struct Count {
        /// Set aside on the disk, by all processes.
        var onDisk: Int64
        /// Set aside for this one, and not used yet.
        var left: Int64 = 0
        var isWarned = false
        var isToldSpent = false
    }

    private let file: PrivateFile
    private let limits: Limits
    private let log: RateLimitedLog
    private let counts: Mutex<[ByteText: Count]>

    /// Beside the ring at that path; reads what has been set aside so far.
    init(
        besideRing path: String, limits: Limits = Limits(), log: RateLimitedLog
    ) throws(StartFailure) {
        file = Self.file(besideRing: path)
        self.limits = limits
        self.log = log
        counts = Mutex(try Self.read(file).mapValues { Count(onDisk: $0) })
    }

    /// What `keys list` shows: counts by fingerprint.
    static func spent(besideRing path: String) throws(StartFailure) -> [ByteText: Int64] {
        try read(file(besideRing: path))
    }

    /// How often a key has sealed; nil where it has no entry.
    func spent(_ fingerprint: ByteText) -> Int64? {
        counts.withLock { $0[fingerprint].map { $0.onDisk - $0.left } }
    }

    /// Takes up the entries of keys that are new in the file, and says where the current one has
    /// none.
    func reload(current fingerprint: ByteText) throws(StartFailure) {
        let onDisk = try Self.read(file)
        let isMissing = counts.withLock { counts in
            for (fingerprint, count) in onDisk where counts[fingerprint] == nil {
                counts[fingerprint] = Count(onDisk: count)
            }
            return counts[fingerprint] == nil
        }
        if isMissing { _ = missing(fingerprint) }
    }

    /// Makes entries where these keys have none. Under the lock of the ring's folder.
    static func enter(
        _ fingerprints: [ByteText], besideRing path: String
    ) throws(StartFailure) {
        let file = file(besideRing: path)
        try change(file, isLocked: true) { spent in
            for fingerprint in fingerprints where spent[fingerprint] == nil {
                spent[fingerprint] = 0
            }
        }
    }

    /// Enters half of what a key may seal where it has no entry. Returns whether it had none.
    static func recount(
        _ fingerprint: ByteText, limits: Limits = Limits(), besideRing path: String
    ) throws(StartFailure) -> Bool {
        var isLost = false
        try change(file(besideRing: path), isLocked: false) { spent in
            isLost = spent[fingerprint] == nil
            if isLost { spent[fingerprint] = limits.most / 2 }
        }
        return isLost
    }

    /// Counts one seal under that key; throws where it may seal no more.
    func spend(_ fingerprint: ByteText) throws(CipherFault) {
        try counts.withLock { counts throws(CipherFault) in
            guard var count = counts[fingerprint] else { throw missing(fingerprint) }
            defer { counts[fingerprint] = count }
            if count.left == 0, count.onDisk < limits.most { try setAside(&count, fingerprint) }
            guard count.left > 0 else { throw exhausted(&count, fingerprint) }
            count.left -= 1
            if count.onDisk - count.left >= limits.warning, !count.isWarned {
                count.isWarned = true
                log.log(
                    .warning,
                    "the current key has sealed half as often as it may: run Cipher keys rotate",
                    metadata: ["fingerprint": "\(fingerprint)"])
            }
        }
    }

    /// What was set aside and not used is nobody's loss; for a clean end.
    func giveBack() {
        counts.withLock { counts in
            let unused = counts.mapValues(\.left).filter { $0.value > 0 }
            if unused.isEmpty { return }
            do throws(StartFailure) {
                try change { spent in
                    for (fingerprint, left) in unused {
                        // Somebody may have put a lower count there meanwhile.
                        let used = (counts[fingerprint]?.onDisk ?? 0) - left
                        spent[fingerprint] = spent[fingerprint].map { max($0 - left, used) }
                    }
                }
            } catch {
                // Too high a count does no harm.
                log.log(
                    .warning, "the count of uses stays higher than it is",
                    metadata: ["fault": "\(error)"])
            }
            for fingerprint in unused.keys {
                counts[fingerprint]?.onDisk -= unused[fingerprint] ?? 0
                counts[fingerprint]?.left = 0
            }
        }
    }

    private func setAside(
        _ count: inout Count, _ fingerprint: ByteText
    ) throws(CipherFault) {
        let known = count.onDisk
        var (step, onDisk) = (Int64(0), known)
        do throws(StartFailure) {
            try change { spent in
                // Another process may have set some aside meanwhile; and a file that somebody took
                // away makes nothing unused.
                let before = max(spent[fingerprint] ?? 0, known)
                step = max(0, min(limits.step, limits.most - before))
                onDisk = before + step
                spent[fingerprint] = onDisk
            }
        } catch {
            log.log(.error, "nothing is sealed", metadata: ["fault": "\(error)"])
            throw CipherFault(.internal, "the count of uses cannot be written")
        }
        (count.onDisk, count.left) = (onDisk, step)
    }

    /// Every caller is told; the log, once.
    private func exhausted(_ count: inout Count, _ fingerprint: ByteText) -> CipherFault {
        if !count.isToldSpent {
            log.log(
                .error,
                "the current key has sealed as often as it may: run Cipher keys rotate",
                metadata: ["fingerprint": "\(fingerprint)"])
        }
        count.isToldSpent = true
        return CipherFault(
            .keyExhausted, "the current key has sealed as often as it may; rotate the key ring")
    }

    /// Every caller is told; the log, once a minute.
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

    private func change(
        _ change: (inout [ByteText: Int64]) -> Void
    ) throws(StartFailure) {
        try Self.change(file, isLocked: false, change)
    }

    private static func change(
        _ file: PrivateFile, isLocked: Bool, _ change: (inout [ByteText: Int64]) -> Void
    ) throws(StartFailure) {
        let reading = { (bytes: Span<UInt8>) throws(StartFailure) in try decode(bytes, file.path) }
        let changing = { (before: [ByteText: Int64]?) throws(StartFailure) -> [UInt8] in
            var spent = before ?? [:]
            change(&spent)
            return encode(spent)
        }
        if isLocked {
            try file.changeLocked(decode: reading, changing)
        } else {
            try file.change(decode: reading, changing)
        }
    }

    private static func file(besideRing path: String) -> PrivateFile {
        KeyRingFile.privateFile(
            path + ".spent", noun: "count of uses", bytesMax: KeyRing.versionsMax * 128)
    }

    private static func encode(_ spent: [ByteText: Int64]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (fingerprint, count) in spent.sorted(by: { $0.key < $1.key }) {
            writer.name(fingerprint.string)
            writer.integer(count)
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func read(_ file: PrivateFile) throws(StartFailure) -> [ByteText: Int64] {
        try file.read { bytes throws(StartFailure) in try decode(bytes, file.path) } ?? [:]
    }

    private static func decode(
        _ bytes: Span<UInt8>, _ path: String
    ) throws(StartFailure) -> [ByteText: Int64] {
        let damaged = StartFailure(
            "count of uses \(path) is damaged: restore it from a backup, or delete it and rotate "
                + "the key ring")
        guard let object = (try? JSONValue.parse(bytes))?.object else { throw damaged }
        var spent: [ByteText: Int64] = [:]
        for member in object.members {
            guard let count = member.value.integer, count >= 0 else { throw damaged }
            spent[member.name] = count
        }
        return spent
    }
}

import CipherAPI
import Encoding
import Program

/// The file of seal counts beside a key ring: a JSON object of fingerprints and reserved seals.
/// It names keys by fingerprint, so it stays valid when the ring is rewritten or swapped.
///
/// Each Cipher of the ring has one (`RingSlot`). The first one's also notes which others have a
/// count of a key: under `<fingerprint>/slots` one bit a number, 1 for the first. So a count that
/// was deleted is told from one that never was, whichever file is gone.
struct KeyCountFile {
    private let file: PrivateFile
    private let ring: String
    private let slot: Int
    var path: String { file.path }

    init(besideRing path: String, slot: Int = 1) {
        (ring, self.slot) = (path, slot)
        file = KeyRingFile.privateFile(
            path + (slot == 1 ? ".spent" : ".spent-\(slot)"), noun: "count of uses",
            bytesMax: KeyRing.versionsMax * 192)
    }

    /// A part of a key's seals that was set aside.
    struct Reservation {
        /// The seals that are new.
        var step: Int64 = 0
        /// All seals that the file has reserved.
        var reserved: Int64
        /// The seals that all Ciphers of the ring have reserved.
        var inAll: Int64
    }

    /// Returns the counts by fingerprint; none where there is no file.
    func read() throws(StartFailure) -> [ByteText: Int64] {
        try file.read(decode) ?? [:]
    }

    /// Returns the counts of all Ciphers of the ring, added up. A lost count is left out.
    static func readAll(besideRing path: String) throws(StartFailure) -> [ByteText: Int64] {
        let first = KeyCountFile(besideRing: path)
        var sums = try first.read()
        for (slot, names) in first.slots(sums) {
            let counts = try KeyCountFile(besideRing: path, slot: slot).read()
            for name in names where sums[name] != nil {
                sums[name] = sums[name, default: 0].addingClamped(counts[name] ?? 0)
            }
        }
        return sums
    }

    func change(_ change: (inout [ByteText: Int64]) -> Void) throws(StartFailure) {
        try file.locked { () throws(StartFailure) in try changeLocked(change) }
    }

    /// Reserves up to `step` seals more than `known`, or than the file holds if that is more. The
    /// file keeps to `most`, and all Ciphers of the ring together to the bound of a key.
    func reserve(
        _ fingerprint: ByteText, step: Int64, known: Int64, most: Int64
    ) throws(StartFailure) -> Reservation {
        var made = Reservation(reserved: known, inAll: known)
        try file.locked { () throws(StartFailure) in
            // Takes the larger count: another process may have reserved seals meanwhile, or the
            // file may have been deleted.
            let before = max(try read()[fingerprint] ?? 0, known)
            let others = try reservedByOthers(fingerprint)
            let left = CipherLimits.sealsMax - min(before, CipherLimits.sealsMax) - others
            made.step = max(0, min(step, most - before, left))
            made.reserved = before + made.step
            made.inAll = min(made.reserved, CipherLimits.sealsMax) + others
            if made.step > 0 { try changeLocked { $0[fingerprint] = made.reserved } }
        }
        return made
    }

    /// A lost count may have been anything: it counts as half of what is allowed.
    private func reservedByOthers(_ fingerprint: ByteText) throws(StartFailure) -> Int64 {
        let first = try KeyCountFile(besideRing: ring).read()
        func bounded(_ counts: [ByteText: Int64]) -> Int64 {
            min(counts[fingerprint] ?? CipherLimits.sealsMax / 2, CipherLimits.sealsMax)
        }
        var sum = slot == 1 ? 0 : bounded(first)
        for (other, names) in slots(first) where other != slot && names.contains(fingerprint) {
            sum += bounded(try KeyCountFile(besideRing: ring, slot: other).read())
        }
        return sum
    }

    /// Gives a key its count of 0 in the file of a Cipher that never had one. The first one's keys
    /// get theirs with the ring (`addEntries`).
    func admit(_ fingerprint: ByteText) throws(StartFailure) {
        if slot == 1 { return }
        try file.locked { () throws(StartFailure) in
            let first = KeyCountFile(besideRing: ring)
            let known = try first.read()
            let noted = known[Self.slotsName(fingerprint)] ?? 0
            // If the first one's count is lost, so is the note of this one's.
            guard known[fingerprint] != nil, noted & bit == 0 else { return }
            // The count comes first, or a crash between the two would look like a loss.
            try addEntries([fingerprint])
            try first.changeLocked { $0[Self.slotsName(fingerprint)] = noted | bit }
        }
    }

    /// Gives these keys a count of 0 where they have none. Call it under the lock of the folder.
    func addEntries(_ fingerprints: [ByteText]) throws(StartFailure) {
        try changeLocked { counts in
            for fingerprint in fingerprints where counts[fingerprint] == nil {
                counts[fingerprint] = 0
            }
        }
    }

    /// Sets a missing count to half of `sealsMax`, in the files of all Ciphers of the ring. Returns
    /// whether one was missing.
    func recount(
        _ fingerprint: ByteText, sealsMax: Int64 = CipherLimits.sealsMax
    ) throws(StartFailure) -> Bool {
        var isLost = try enter(sealsMax / 2, for: fingerprint)
        for (slot, names) in slots(try read()) where names.contains(fingerprint) {
            let other = KeyCountFile(besideRing: ring, slot: slot)
            if try other.enter(sealsMax / 2, for: fingerprint) { isLost = true }
        }
        return isLost
    }

    /// Enters a count where there is none. Returns whether there was none.
    private func enter(
        _ count: Int64, for fingerprint: ByteText
    ) throws(StartFailure) -> Bool {
        var isLost = false
        try change { counts in
            isLost = counts[fingerprint] == nil
            if isLost { counts[fingerprint] = count }
        }
        return isLost
    }

    private func changeLocked(
        _ change: (inout [ByteText: Int64]) -> Void
    ) throws(StartFailure) {
        try file.changeLocked(decode: decode) { before throws(StartFailure) in
            var counts = before ?? [:]
            change(&counts)
            return Self.encode(counts)
        }
    }

    private static func slotsName(_ fingerprint: ByteText) -> ByteText {
        ByteText(fingerprint.string + "/slots")
    }

    private var bit: Int64 { 1 << Int64(slot - 1) }

    /// Returns the keys of each further Cipher, by the counts in the first one's file.
    private func slots(_ first: [ByteText: Int64]) -> [(slot: Int, names: Set<ByteText>)] {
        var names: [Int: Set<ByteText>] = [:]
        for key in first.keys {
            guard let bits = first[Self.slotsName(key)] else { continue }
            for slot in 2...RingSlot.countMax where bits & 1 << Int64(slot - 1) != 0 {
                names[slot, default: []].insert(key)
            }
        }
        return names.sorted { $0.key < $1.key }.map { (slot: $0.key, names: $0.value) }
    }

    private static func encode(_ counts: [ByteText: Int64]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (fingerprint, count) in counts.sorted(by: { $0.key < $1.key }) {
            writer.name(fingerprint.string)
            writer.integer(count)
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private func decode(_ bytes: Span<UInt8>) throws(StartFailure) -> [ByteText: Int64] {
        let damaged = StartFailure(
            "count of uses \(path) is damaged: restore it from a backup, or delete it and rotate "
                + "the key ring")
        guard let object = (try? JSONValue.parse(bytes))?.object else { throw damaged }
        var counts: [ByteText: Int64] = [:]
        for member in object.members {
            guard let count = member.value.integer, count >= 0 else { throw damaged }
            counts[member.name] = count
        }
        return counts
    }
}

extension Int64 {
    /// A damaged file may hold any count.
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }
}

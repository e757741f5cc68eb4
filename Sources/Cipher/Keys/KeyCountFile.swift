import CipherAPI
import Encoding
import Program

/// The file of seal counts beside a key ring: a JSON object of fingerprints and reserved seals.
/// It names keys by fingerprint, so it stays valid when the ring is rewritten or swapped.
struct KeyCountFile {
    private let file: PrivateFile
    var path: String { file.path }

    init(besideRing path: String) {
        file = KeyRingFile.privateFile(
            path + ".spent", noun: "count of uses", bytesMax: KeyRing.versionsMax * 128)
    }

    /// Returns the counts by fingerprint; none where there is no file.
    func read() throws(StartFailure) -> [ByteText: Int64] {
        try file.read(decode) ?? [:]
    }

    func change(_ change: (inout [ByteText: Int64]) -> Void) throws(StartFailure) {
        try file.locked { () throws(StartFailure) in try changeLocked(change) }
    }

    /// Gives these keys a count of 0 where they have none. Call it under the lock of the folder.
    func addEntries(_ fingerprints: [ByteText]) throws(StartFailure) {
        try changeLocked { counts in
            for fingerprint in fingerprints where counts[fingerprint] == nil {
                counts[fingerprint] = 0
            }
        }
    }

    /// Sets a missing count to half of `sealsMax`. Returns whether it was missing.
    func recount(
        _ fingerprint: ByteText, sealsMax: Int64 = CipherLimits.sealsMax
    ) throws(StartFailure) -> Bool {
        var isLost = false
        try change { counts in
            isLost = counts[fingerprint] == nil
            if isLost { counts[fingerprint] = sealsMax / 2 }
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

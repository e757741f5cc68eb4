import CipherAPI
import Encoding
import Program

/// The file beside a key ring that says how many stored contents each key is still needed for, by
/// fingerprint, as ChatCore counted last. A version is forgotten only if that number is 0.
///
/// The current key has no entry: it goes on sealing.
struct KeyNeedFile {
    private let file: PrivateFile

    init(besideRing path: String) {
        file = KeyRingFile.privateFile(
            path + ".needed", noun: "count of contents", bytesMax: KeyRing.versionsMax * 128)
    }

    /// Returns the number of contents that need the key, or nil where ChatCore has not counted.
    func count(of fingerprint: ByteText) throws(StartFailure) -> Int64? {
        try file.read(decode)?[fingerprint]
    }

    /// Replaces all counts.
    func write(_ needs: KeyNeeds, of ring: KeyRing) throws(StartFailure) {
        try file.change(decode: decode) { _ throws(StartFailure) in
            var writer = JSONWriter()
            writer.beginObject()
            for key in ring.keys where key.state != .current {
                writer.name(key.fingerprint.string)
                writer.integer(needs.contents[key.version] ?? 0)
            }
            writer.endObject()
            return writer.bytes + [UInt8(ascii: "\n")]
        }
    }

    /// A damaged file counts as none.
    private func decode(_ bytes: Span<UInt8>) throws(StartFailure) -> [ByteText: Int64] {
        var counts: [ByteText: Int64] = [:]
        for member in (try? JSONValue.parse(bytes))?.object?.members ?? [] {
            if let count = member.value.integer, count >= 0 { counts[member.name] = count }
        }
        return counts
    }
}

import CipherAPI
import Cryptography
import Encoding
import Program

/// The bytes of a key ring file: JSON that people can read and only Cipher writes.
///
///     {"format":2,"next":3,"keys":[
///     {"version":1,"state":"decrypt-only","legacy":false,"created":1750000000,
///      "fingerprint":"<32 hex>","key":"<64 hex>"},            (each key on one line)
///     {"version":2,"state":"current",…}
///     ],"sha256":"<64 hex>"}
///
/// A file is valid if and only if it is exactly what `encode` writes. The checksum in the last line
/// covers every byte before it. The fingerprints match the keys, the versions rise, one key is
/// current, and at most one is legacy.
///
/// Every key of format 2 that may seal has an entry in the count of uses. If the entry is missing,
/// the count was lost. Format 1 had neither such entries nor `next`, the version of the next key.
/// It is read, and written as format 2.
enum KeyRingFormat {
    /// The place of a file's first fault, and the problem there.
    struct Damage: Error, Equatable {
        let offset: Int
        let problem: String
    }

    struct StoredRing {
        let ring: KeyRing
        /// Whether the file is of format 1, whose current key may have no count of uses.
        let isFormat1: Bool
    }

    static let fileBytesMax = KeyRing.versionsMax * lineBytesMax + 256
    private static let lineBytesMax = 256

    /// Returns the file's bytes, which hold every key: wipe them after use.
    static func encode(_ ring: KeyRing) -> [UInt8] {
        var bytes: [UInt8] = []
        // All at once: growing would leave copies of keys behind in freed memory.
        bytes.reserveCapacity(ring.keys.count * lineBytesMax + 256)
        bytes += Array("{\"format\":2,\"next\":\(ring.nextVersion),\"keys\":[\n".utf8)
        for (index, key) in ring.keys.enumerated() {
            if index > 0 { bytes += Array(",\n".utf8) }
            append(key, to: &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
        let checksum = Hex.encode(SHA256.digest(of: bytes.span))
        bytes += Array("],\"sha256\":\"\(checksum)\"}\n".utf8)
        return bytes
    }

    private static func append(_ key: KeyRing.Key, to bytes: inout [UInt8]) {
        let open =
            "{\"version\":\(key.version),\"state\":\"\(key.state.rawValue)\","
            + "\"legacy\":\(key.isLegacy),\"created\":\(key.created),"
            + "\"fingerprint\":\"\(key.fingerprint)\",\"key\":\""
        bytes += Array(open.utf8)
        guard let material = key.material else {
            preconditionFailure("a ring with forgotten keys is never written")
        }
        material.withBytes { material in
            for index in material.indices {
                bytes.append(Hex.digit(material[index] >> 4))
                bytes.append(Hex.digit(material[index] & 15))
            }
        }
        bytes += Array("\"}".utf8)
    }

    /// Reads a file's bytes. No key's text becomes a String, which could not be wiped.
    static func decode(_ bytes: Span<UInt8>) throws(Damage) -> StoredRing {
        var scanner = JSONScanner()
        do {
            let next = try nextVersion(&scanner, bytes)
            try scanner.expect("\"keys\":[\n", in: bytes)
            var keys: [KeyRing.Key] = []
            repeat {
                guard keys.count < KeyRing.versionsMax else {
                    throw Damage(offset: scanner.offset, problem: "too many keys")
                }
                keys.append(try key(&scanner, bytes))
            } while scanner.skip(",\n", in: bytes)
            try scanner.expect("\n", in: bytes)
            try checkEnd(&scanner, bytes)
            guard let ring = KeyRing(keys, nextVersion: next) else {
                throw Damage(offset: 0, problem: "its versions or states contradict each other")
            }
            return StoredRing(ring: ring, isFormat1: next == nil)
        } catch let damage as Damage {
            throw damage
        } catch let fault as JSONFault {
            throw Damage(offset: fault.offset, problem: fault.problem.rawValue)
        } catch {
            preconditionFailure("nothing else is thrown here")
        }
    }

    /// Returns the version of the next key, or nil in format 1.
    private static func nextVersion(
        _ scanner: inout JSONScanner, _ bytes: Span<UInt8>
    ) throws -> Int? {
        if scanner.skip("{\"format\":1,", in: bytes) { return nil }
        try scanner.expect("{\"format\":2,\"next\":", in: bytes)
        let start = scanner.offset
        let next = try scanner.integer(in: bytes)
        try scanner.expect(",", in: bytes)
        guard let next = Int(exactly: next), "\(next)".utf8.count == scanner.offset - 1 - start
        else { throw Damage(offset: start, problem: "a value that no ring has") }
        return next
    }

    private static func checkEnd(_ scanner: inout JSONScanner, _ bytes: Span<UInt8>) throws {
        let end = scanner.offset
        try scanner.expect("],\"sha256\":", in: bytes)
        let checksum = try scanner.string(in: bytes)
        try scanner.expect("}\n", in: bytes)
        guard scanner.offset == bytes.count else {
            throw Damage(offset: scanner.offset, problem: "something stands after the end")
        }
        guard checksum == ByteText(Hex.encode(SHA256.digest(of: bytes.extracting(0..<end)))) else {
            throw Damage(offset: end, problem: "its checksum does not match its contents")
        }
    }

    private static func key(
        _ scanner: inout JSONScanner, _ bytes: Span<UInt8>
    ) throws -> KeyRing.Key {
        let start = scanner.offset
        try scanner.expect("{\"version\":", in: bytes)
        let version = try scanner.integer(in: bytes)
        try scanner.expect(",\"state\":", in: bytes)
        let state = KeyState(named: try scanner.string(in: bytes))
        try scanner.expect(",\"legacy\":", in: bytes)
        let isLegacy = scanner.skip("true", in: bytes)
        if !isLegacy { try scanner.expect("false", in: bytes) }
        try scanner.expect(",\"created\":", in: bytes)
        let created = try scanner.integer(in: bytes)
        try scanner.expect(",\"fingerprint\":", in: bytes)
        let fingerprint = try scanner.string(in: bytes)
        try scanner.expect(",\"key\":", in: bytes)
        let digits = try scanner.rawString(in: bytes)
        try scanner.expect("}", in: bytes)
        guard let version = Int(exactly: version), let state,
            let material = material(bytes.extracting(digits.inside))
        else { throw Damage(offset: start, problem: "a value that no key has") }
        let key = KeyRing.Key(
            version: version, state: state, isLegacy: isLegacy, created: created,
            material: material)
        guard key.fingerprint == fingerprint else {
            throw Damage(offset: start, problem: "a key that does not match its fingerprint")
        }
        return key
    }

    private static func material(_ digits: Span<UInt8>) -> Secret? {
        guard digits.count == 2 * AES256GCM.keyBytes else { return nil }
        var bytes = [UInt8](repeating: 0, count: AES256GCM.keyBytes)
        for index in bytes.indices {
            guard let high = Hex.value(of: digits[2 * index]),
                let low = Hex.value(of: digits[2 * index + 1])
            else {
                wipe(&bytes)
                return nil
            }
            bytes[index] = high << 4 | low
        }
        return Secret(taking: &bytes)
    }
}

import CipherAPI
import Cryptography
import Program

/// A change of the ring that its operator asks for.
enum RingChange: Sendable {
    case rotate
    case importing(Secret, isLegacy: Bool)
    case retire(Int)
    case restore(Int)
    /// - Parameter isForced: Whether stored contents may still need the version.
    case forget(Int, isForced: Bool)
    /// Half of the most seals is entered for a count that was lost.
    case recount

    /// Changes the file and returns a sentence about the outcome.
    ///
    /// - Parameters:
    ///   - hint: Tells how a running Cipher learns of the change.
    ///   - sealsMax: The most seals of one key, by the settings of the process that writes.
    func apply(
        to file: KeyRingFile, hint: String, sealsMax: Int64 = CipherLimits.sealsMax
    ) throws(StartFailure) -> String {
        switch self {
        case .rotate: return try Self.rotate(file, hint)
        case .importing(let key, let isLegacy):
            var bytes = key.withBytes { key in key.indices.map { key[$0] } }
            defer { wipe(&bytes) }
            return try KeyImport(isLegacy: isLegacy, hint: hint).run(&bytes, into: file)
        case .retire(let version):
            var isChanged = false
            _ = try file.changePresent { ring throws(KeyRing.Refusal) in
                isChanged = try ring.retire(version)
            }
            return isChanged
                ? "version \(version) is retired; \(hint)"
                : "version \(version) was retired already; nothing changed"
        case .restore(let version):
            _ = try file.changePresent { ring throws(KeyRing.Refusal) in
                try ring.restore(version)
            }
            return "version \(version) opens again; \(hint)"
        case .forget(let version, let isForced):
            if !isForced { try Self.checkUnneeded(version, file) }
            _ = try file.changePresent { ring throws(KeyRing.Refusal) in
                try ring.forget(version)
            }
            return "version \(version) is in no file here any more; copies of the ring elsewhere "
                + "hold it; \(hint), and ChatCore by ChatCore store forget-key \(version)"
        case .recount: return try Self.recount(file, sealsMax, hint)
        }
    }

    /// Throws unless ChatCore's last count says that no stored content needs the version.
    private static func checkUnneeded(
        _ version: Int, _ file: KeyRingFile
    ) throws(StartFailure) {
        guard let key = try file.read().key(version: version) else { return }
        let count = try KeyNeedFile(besideRing: file.path).count(of: key.fingerprint)
        switch count {
        case 0?: return
        case let count?:
            throw StartFailure(
                "\(count) stored contents still need version \(version): run Cipher keys restore "
                    + "\(version), ChatCore store rewrap and Cipher keys retire \(version) first")
        case nil:
            throw StartFailure(
                "ChatCore has not counted yet what needs version \(version): run ChatCore store "
                    + "rewrap first, which tells Cipher")
        }
    }

    private static func rotate(
        _ file: KeyRingFile, _ hint: String
    ) throws(StartFailure) -> String {
        var material: [UInt8]
        do throws(OpenSSLFault) { material = try RandomBytes.make(AES256GCM.keyBytes) } catch {
            throw StartFailure("cannot make a key", error)
        }
        defer { wipe(&material) }
        let ring = try file.changePresent { ring throws(KeyRing.Refusal) in
            _ = try ring.add(&material, now: WallClock.seconds)
        }
        return "version \(ring.current.version) is current; \(hint)"
    }

    private static func recount(
        _ file: KeyRingFile, _ sealsMax: Int64, _ hint: String
    ) throws(StartFailure) -> String {
        // Only the current key seals.
        let current = try file.read().current
        let counts = KeyCountFile(besideRing: file.path)
        guard try counts.recount(current.fingerprint, sealsMax: sealsMax) else {
            return "the current key has its count of uses; nothing changed"
        }
        return "counted as half used: version \(current.version); \(hint)"
    }
}

extension KeyRingFile {
    /// Changes a ring that exists. Throws where there is none.
    func changePresent(
        _ body: (inout KeyRing) throws(KeyRing.Refusal) -> Void
    ) throws(StartFailure) -> KeyRing {
        try change { ring throws(StartFailure) in
            guard var ring else {
                throw StartFailure("there is no key ring at \(path): start Cipher once")
            }
            do throws(KeyRing.Refusal) { try body(&ring) } catch { throw StartFailure(error) }
            return ring
        }
    }
}

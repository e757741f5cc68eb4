import CipherAPI
import Cryptography
import Program

/// Adds a key that was made elsewhere to the ring in a file. Adding the same key again changes
/// nothing and succeeds, so that a script may run twice.
struct KeyImport {
    let isLegacy: Bool
    /// Tells how a running Cipher learns of the change.
    var hint = KeysCommand.reloadHint

    /// Takes the bytes over and returns a sentence about the outcome.
    func run(_ bytes: inout [UInt8], into file: KeyRingFile) throws(StartFailure) -> String {
        // The closure below cannot borrow an inout parameter of a caller that also throws.
        var material: [UInt8] = []
        swap(&material, &bytes)
        defer { wipe(&material) }
        var outcome = ""
        _ = try file.change { ring throws(StartFailure) in
            do {
                return try add(&material, to: ring, outcome: &outcome)
            } catch let refusal as KeyRing.Refusal {
                throw StartFailure(refusal)
            } catch let fault as OpenSSLFault {
                throw StartFailure("cannot make a key", fault)
            } catch {
                preconditionFailure("nothing else is thrown here")
            }
        }
        return outcome
    }

    private func add(
        _ bytes: inout [UInt8], to ring: KeyRing?, outcome: inout String
    ) throws -> KeyRing {
        let now = WallClock.seconds
        if let ring, let same = ring.keys.first(where: { $0.material?.equals(bytes.span) == true }),
            same.isLegacy == isLegacy, same.state == (isLegacy ? .decryptOnly : .current)
        {
            outcome = "that key is version \(same.version) already; nothing changed"
            return ring
        }
        guard isLegacy else {
            guard var ring else {
                outcome = "version 1 is the imported key, in a new key ring"
                return try KeyRing.importing(&bytes, now: now)
            }
            let version = try ring.add(&bytes, now: now)
            outcome =
                "version \(version) is the imported key, and current; \(hint)"
            return ring
        }
        try KeyRing.checkLength(bytes)
        var grown = try ring ?? KeyRing.fresh(now: now)
        let version = try grown.addLegacy(&bytes, now: now)
        outcome =
            "version \(version) is the imported key, for bare contents only; "
            + "version \(grown.current.version) is current; \(hint)"
        return grown
    }
}

import Cryptography
import Program

/// The passphrase of a sealed ring. It is typed unseen or comes on standard input: others can see
/// arguments and environment variables.
enum Passphrase {
    static let charactersMin = 12

    static func current() throws(StartFailure) -> Secret {
        guard let line = try HiddenLine.read(prompt: "Passphrase: "), line.count > 0 else {
            throw StartFailure("give the passphrase as one line on standard input")
        }
        return line
    }

    /// Reads a new passphrase twice.
    static func new() throws(StartFailure) -> Secret {
        guard let first = try HiddenLine.read(prompt: "New passphrase: "), first.count > 0 else {
            throw StartFailure("give the new passphrase twice on standard input, one a line")
        }
        guard characterCount(first) >= charactersMin else {
            throw StartFailure("a passphrase has at least \(charactersMin) characters")
        }
        guard let second = try HiddenLine.read(prompt: "The same again: "),
            second.withBytes({ first.equals($0) })
        else { throw StartFailure("the two were not the same; nothing changed") }
        return first
    }

    /// Reads the passphrase of a sealed ring and opens the ring's seal.
    static func unlock(_ sealed: SealedRing) throws(StartFailure) -> RingSeal {
        try unlock(sealed, with: try current())
    }

    /// Opens a ring's seal. Throws if the passphrase is wrong.
    static func unlock(
        _ sealed: SealedRing, with passphrase: Secret
    ) throws(StartFailure) -> RingSeal {
        let seal = try working { () throws(OpenSSLFault) in try sealed.unlock(passphrase) }
        guard let seal else { throw KeyVault.wrongPassphrase }
        return seal
    }

    static func working<Value>(
        _ work: () throws(OpenSSLFault) -> Value
    ) throws(StartFailure) -> Value {
        do { return try work() } catch { throw StartFailure(error) }
    }

    /// Counts the Unicode scalars of UTF-8.
    private static func characterCount(_ passphrase: Secret) -> Int {
        passphrase.withBytes { bytes in
            bytes.indices.count { bytes[$0] & 0xC0 != 0x80 }
        }
    }
}

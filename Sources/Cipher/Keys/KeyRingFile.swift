import Cryptography
import Glibc
import Program

/// The file that holds a key ring. It is created once and never silently replaced: a fresh ring
/// in its place would make every content unreadable for good. A path that holds anything but a
/// readable ring stops the program.
struct KeyRingFile: Sendable {
    let path: String

    /// Opens and writes a sealed file. A plain file needs none.
    var seal: RingSeal?

    init(path: String, seal: RingSeal? = nil) {
        self.path = path
        self.seal = seal
    }

    func sealed(by seal: RingSeal?) -> KeyRingFile { KeyRingFile(path: path, seal: seal) }

    /// The way in which the file keeps its ring.
    enum Form {
        case absent
        case plain
        case sealed(SealedRing)
    }

    private struct Contents {
        let stored: KeyRingFormat.StoredRing
        let isSealed: Bool
    }

    private var file: PrivateFile {
        Self.privateFile(path, noun: "key ring", bytesMax: SealedRing.fileBytesMax)
    }

    private var counts: KeyCountFile { KeyCountFile(besideRing: path) }

    /// Returns how the file keeps its ring, without opening it.
    func form() throws(StartFailure) -> Form {
        let form = try file.read { bytes throws(StartFailure) in
            SealedRing.isSealed(bytes) ? Form.sealed(try parse(bytes)) : .plain
        }
        return form ?? .absent
    }

    /// Returns the ring in the file.
    func read() throws(StartFailure) -> KeyRing { try readStored().ring }

    func readStored() throws(StartFailure) -> KeyRingFormat.StoredRing {
        guard let contents = try file.read(decode) else { throw absent }
        return contents.stored
    }

    /// The fault of a command that needs a ring where there is none.
    var absent: StartFailure {
        StartFailure(
            "there is no key ring at \(path): put its backup back; where there never was one, "
                + "start Cipher once, or import a key")
    }

    /// The fault of sealing twice.
    var sealedAlready: StartFailure {
        StartFailure(
            "key ring \(path) is sealed already: Cipher keys passphrase changes its passphrase")
    }

    /// Removes what a killed change left beside a sealed ring, which may be plain.
    func removeLeftover() {
        try? file.locked { unlink(path + PrivateFile.temporarySuffix) }
    }

    /// Returns the ring in the file. Writes the ring that `make` returns if there is none.
    func readOrCreate(
        _ make: () throws(StartFailure) -> KeyRing
    ) throws(StartFailure) -> (stored: KeyRingFormat.StoredRing, isNew: Bool) {
        if let contents = try file.read(decode) { return (contents.stored, false) }
        var isNew = false
        let ring = try change { ring throws(StartFailure) in
            if let ring { return ring }
            isNew = true
            return try make()
        }
        return (KeyRingFormat.StoredRing(ring: ring, isFormat1: false), isNew)
    }

    /// Writes the ring in format 2, and gives its current key a count of uses if it has none.
    func upgrade() throws(StartFailure) {
        _ = try change { ring throws(StartFailure) in
            guard let ring else { return try read() }
            return ring
        }
    }

    /// Replaces the ring durably by the ring that `change` returns; `change` gets nil where there
    /// is none. A key that may seal now gets its count of uses before the ring names it.
    func change(
        _ change: (KeyRing?) throws(StartFailure) -> KeyRing
    ) throws(StartFailure) -> KeyRing {
        var changed: KeyRing?
        try file.change(decode: decode) { before throws(StartFailure) in
            let isSealed = before?.isSealed == true
            let before = before?.stored
            let ring = try change(before?.ring)
            let current = ring.current.fingerprint
            if before?.isFormat1 == true || before?.ring.current.fingerprint != current {
                try counts.addEntries([current])
            }
            changed = ring
            return try encode(ring, by: isSealed ? seal : nil)
        }
        guard let changed else { preconditionFailure("a change that succeeded made a ring") }
        return changed
    }

    /// Writes the same ring durably, sealed by `next`, or plain for nil.
    func rewrite(sealedBy next: RingSeal?) throws(StartFailure) {
        try file.change(decode: decode) { before throws(StartFailure) in
            guard let before else { throw absent }
            if before.stored.isFormat1 {
                try counts.addEntries([before.stored.ring.current.fingerprint])
            }
            return try encode(before.stored.ring, by: next)
        }
    }

    private func encode(
        _ ring: KeyRing, by seal: RingSeal?
    ) throws(StartFailure) -> [UInt8] {
        guard let seal else { return KeyRingFormat.encode(ring) }
        do throws(OpenSSLFault) { return try SealedRing.encode(ring, by: seal) } catch {
            throw StartFailure("cannot seal the key ring", error)
        }
    }

    private func decode(_ bytes: Span<UInt8>) throws(StartFailure) -> Contents {
        guard SealedRing.isSealed(bytes) else {
            return Contents(
                stored: try intact { () throws(KeyRingFormat.Damage) in
                    try KeyRingFormat.decode(bytes)
                }, isSealed: false)
        }
        let sealed = try parse(bytes)
        guard let seal else {
            throw StartFailure("key ring \(path) is sealed: run Cipher unseal")
        }
        var plain: [UInt8]
        do throws(OpenSSLFault) { plain = try sealed.open(by: seal) ?? [] } catch {
            throw StartFailure("cannot open the key ring", error)
        }
        defer { wipe(&plain) }
        if plain.isEmpty {
            throw StartFailure("key ring \(path) was sealed anew since: run Cipher unseal")
        }
        return Contents(
            stored: try intact { () throws(KeyRingFormat.Damage) in
                try KeyRingFormat.decode(plain.span)
            }, isSealed: true)
    }

    private func parse(_ bytes: Span<UInt8>) throws(StartFailure) -> SealedRing {
        try intact { () throws(KeyRingFormat.Damage) in try SealedRing(bytes) }
    }

    private func intact<Value>(
        _ read: () throws(KeyRingFormat.Damage) -> Value
    ) throws(StartFailure) -> Value {
        do { return try read() } catch {
            throw StartFailure(
                "key ring \(path) is damaged at byte \(error.offset): \(error.problem); restore "
                    + "it from a backup (a new ring could not open what this one sealed)")
        }
    }

    /// Returns a file of the ring's folder. `noun` names it in the sentences of its faults.
    static func privateFile(_ path: String, noun: String, bytesMax: Int) -> PrivateFile {
        PrivateFile(path: path, bytesMax: bytesMax) { fault in
            let option = CipherDefaults.keyFile.option("--key-file")
            switch fault {
            case .failed(let step, let number):
                let verb =
                    switch step {
                    case .find, .read: "read"
                    case .lockFolder: "lock the folder of"
                    case .create, .write, .own, .rename: "write"
                    }
                let failure = StartFailure.last("\(verb) \(noun)", path, number)
                return StartFailure("\(failure); see \(option)")
            case .folder(let failure): return StartFailure("\(failure); see \(option)")
            case .notRegular: return StartFailure("\(noun) \(path) is not a regular file")
            case .readableByOthers:
                return StartFailure(
                    "\(noun) \(path) can be read by others: run chmod 600 on it, and think of "
                        + "what it holds as known to whoever could read it")
            case .tooLong: return StartFailure("\(noun) \(path) is damaged: it is too long")
            }
        }
    }
}

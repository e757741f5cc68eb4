import Program

/// The file that holds a key ring. It is created once and never silently replaced: a fresh ring
/// in its place would make every content unreadable for good. A path that holds anything but a
/// readable ring stops the program.
struct KeyRingFile {
    let path: String

    private var file: PrivateFile {
        Self.privateFile(path, noun: "key ring", bytesMax: KeyRingFormat.fileBytesMax)
    }

    private var counts: KeyCountFile { KeyCountFile(besideRing: path) }

    /// Returns the ring in the file.
    func read() throws(StartFailure) -> KeyRing { try readStored().ring }

    func readStored() throws(StartFailure) -> KeyRingFormat.StoredRing {
        guard let stored = try file.read(decode) else {
            throw StartFailure(
                "there is no key ring at \(path): put its backup back; where there never was one, "
                    + "start Cipher once, or import a key")
        }
        return stored
    }

    /// Returns the ring in the file. Writes the ring that `make` returns if there is none.
    func readOrCreate(
        _ make: () throws(StartFailure) -> KeyRing
    ) throws(StartFailure) -> (stored: KeyRingFormat.StoredRing, isNew: Bool) {
        if let stored = try file.read(decode) { return (stored, false) }
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
            let ring = try change(before?.ring)
            let current = ring.current.fingerprint
            if before?.isFormat1 == true || before?.ring.current.fingerprint != current {
                try counts.addEntries([current])
            }
            changed = ring
            return KeyRingFormat.encode(ring)
        }
        guard let changed else { preconditionFailure("a change that succeeded made a ring") }
        return changed
    }

    private func decode(_ bytes: Span<UInt8>) throws(StartFailure) -> KeyRingFormat.StoredRing {
        do {
            return try KeyRingFormat.decode(bytes)
        } catch {
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

import Program

/// The file a key ring lives in. Created once, never silently replaced: whatever is at the path and
/// is not a readable ring stops the program, since a fresh ring in its place would make every
/// content unreadable for good.
struct KeyRingFile {
    let path: String

    private var file: PrivateFile {
        Self.privateFile(path, noun: "key ring", bytesMax: KeyRingFormat.fileBytesMax)
    }

    /// A file of the ring's folder. `noun` names it in the sentences of its faults.
    static func privateFile(_ path: String, noun: String, bytesMax: Int) -> PrivateFile {
        PrivateFile(path: path, bytesMax: bytesMax) { fault in
            let option = Defaults.keyFile.option("--key-file")
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

    /// The ring in the file.
    func read() throws(StartFailure) -> KeyRing {
        guard let ring = try file.read(decoded) else {
            throw StartFailure(
                "there is no key ring at \(path): put its backup back; where there never was one, "
                    + "start Cipher once, or import a key")
        }
        return ring
    }

    /// The ring in the file; where there is none yet, `make`'s, written first.
    func readOrCreate(
        _ make: () throws(StartFailure) -> KeyRing
    ) throws(StartFailure) -> (ring: KeyRing, isNew: Bool) {
        if let ring = try file.read(decoded) { return (ring, false) }
        var isNew = false
        let ring = try change { ring throws(StartFailure) in
            if let ring { return ring }
            isNew = true
            return try make()
        }
        return (ring, isNew)
    }

    /// Writes a ring of the format before anew, for which every key gets its count of uses.
    func upgrade() throws(StartFailure) {
        guard try isEarlier else { return }
        _ = try change { ring throws(StartFailure) in
            guard let ring else { return try read() }
            return ring
        }
    }

    /// Whether the file is of the format before, whose keys need not have counts of uses.
    var isEarlier: Bool {
        get throws(StartFailure) {
            try file.read { bytes throws(StartFailure) in KeyRingFormat.isEarlier(bytes) } ?? false
        }
    }

    /// Replaces the ring by what `change` makes of it (nil where there is none), durably. A key
    /// that may seal now has an entry in the count of uses before the ring names it.
    func change(
        _ change: (KeyRing?) throws(StartFailure) -> KeyRing
    ) throws(StartFailure) -> KeyRing {
        var changed: KeyRing?
        try file.locked { () throws(StartFailure) in
            let isEarlier = try self.isEarlier
            try file.changeLocked(decode: decoded) { before throws(StartFailure) in
                let ring = try change(before)
                let current = ring.current.fingerprint
                if isEarlier || before?.current.fingerprint != current {
                    try KeyBudget.enter([current], besideRing: path)
                }
                changed = ring
                return KeyRingFormat.encode(ring)
            }
        }
        guard let changed else { preconditionFailure("a change that succeeded made a ring") }
        return changed
    }

    private func decoded(_ bytes: Span<UInt8>) throws(StartFailure) -> KeyRing {
        do {
            return try KeyRingFormat.decode(bytes)
        } catch {
            throw StartFailure(
                "key ring \(path) is damaged at byte \(error.offset): \(error.problem); restore "
                    + "it from a backup (a new ring could not open what this one sealed)")
        }
    }
}

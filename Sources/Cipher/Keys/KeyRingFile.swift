import Program

/// The file a key ring lives in. Created once, never silently replaced: whatever is at the path and
/// is not a readable ring stops the program, since a fresh ring in its place would make every
/// content unreadable for good.
struct KeyRingFile {
    let path: String

    private var file: PrivateFile {
        PrivateFile(path: path, noun: "key ring", bytesMax: KeyRingFormat.fileBytesMax)
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

    /// Replaces the ring by what `change` makes of it (nil where there is none), durably.
    func change(
        _ change: (KeyRing?) throws(StartFailure) -> KeyRing
    ) throws(StartFailure) -> KeyRing {
        var changed: KeyRing?
        try file.change(reading: decoded) { ring throws(StartFailure) in
            let ring = try change(ring)
            changed = ring
            return KeyRingFormat.encode(ring)
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

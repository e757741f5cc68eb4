import ArgumentParser
import Cryptography
import Program

struct RotateKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Add a fresh key as the current version; the one before still opens.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        var material: [UInt8]
        do throws(OpenSSLFault) { material = try RandomBytes.make(AES256GCM.keyBytes) } catch {
            throw StartFailure("cannot make a key: \(error.call) failed")
        }
        defer { wipe(&material) }
        let ring = try keys.file().changePresent { ring throws(KeyRing.Refusal) in
            _ = try ring.add(&material, now: WallClock.seconds)
        }
        Output.line("version \(ring.current.version) is current; \(KeysCommand.reloadHint)")
    }
}

struct RetireKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Have a version open nothing any more; its key stays in the ring.",
        discussion: """
            What it sealed is not readable afterwards: run `ChatCore store rewrap` first. \
            `Cipher keys restore` takes it back.
            """)

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        var isChanged = false
        _ = try keys.file().changePresent { ring throws(KeyRing.Refusal) in
            isChanged = try ring.retire(version)
        }
        Output.line(
            isChanged
                ? "version \(version) is retired; \(KeysCommand.reloadHint)"
                : "version \(version) was retired already; nothing changed")
    }
}

struct RestoreKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Have a retired version open again what it sealed.")

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        _ = try keys.file().changePresent { ring throws(KeyRing.Refusal) in
            try ring.restore(version)
        }
        Output.line("version \(version) opens again; \(KeysCommand.reloadHint)")
    }
}

struct ForgetKeyVersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Remove a retired version's key from the ring, for good.",
        discussion: """
            It asks to type the version again, on standard input. What the version sealed can \
            never be read again, in backups of the store neither; copies of the ring elsewhere \
            still hold the key. A running Cipher takes it up on SIGHUP; ChatCore then waits for \
            `ChatCore store forget-key V`.
            """)

    @Argument(help: "The version, as `Cipher keys list` shows it.") var version: Int
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let ring = try file.read()
        do throws(KeyRing.Refusal) { try ring.checkForgettable(version) } catch {
            throw StartFailure(error)
        }
        try Confirmation.require(
            "\(version)", toDo: "remove key version \(version) for good",
            otherwise: "nothing was removed")
        _ = try file.changePresent { ring throws(KeyRing.Refusal) in try ring.forget(version) }
        Output.line(
            "version \(version) is in no file here any more; copies of the ring elsewhere hold it; "
                + "\(KeysCommand.reloadHint), and ChatCore by ChatCore store forget-key \(version)")
    }
}

struct RecountKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recount",
        abstract: "Let a key seal again whose count of uses was lost: it counts as half used.",
        discussion: """
            For where the file beside the ring that counts uses is gone and has no backup. \
            `Cipher keys rotate` does as well: a fresh key begins at 0.
            """)

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        // Only the current key seals.
        let current = try file.read().current
        guard try KeyCountFile(besideRing: file.path).recount(current.fingerprint) else {
            Output.line("the current key has its count of uses; nothing changed")
            return
        }
        Output.line("counted as half used: version \(current.version); \(KeysCommand.reloadHint)")
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

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
        Output.line("version \(ring.current.version) is current; \(KeysCommand.next)")
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
        var isNews = false
        _ = try keys.file().changePresent { ring throws(KeyRing.Refusal) in
            isNews = try ring.retire(version)
        }
        Output.line(
            isNews
                ? "version \(version) is retired; \(KeysCommand.next)"
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
        Output.line("version \(version) opens again; \(KeysCommand.next)")
    }
}

extension KeysCommand {
    static let next = "a running Cipher takes it up on SIGHUP"
}

extension KeyRingFile {
    /// As `change`, for a ring that is there already.
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

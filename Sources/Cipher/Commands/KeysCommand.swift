import ArgumentParser
import CipherAPI
import Cryptography
import Encoding
import Program

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the key ring.",
        discussion: "A running Cipher takes changes over on SIGHUP.",
        subcommands: [
            ListKeysCommand.self, RotateKeyCommand.self, RetireKeyCommand.self,
            RestoreKeyCommand.self, ForgetKeyVersionCommand.self, ImportKeyCommand.self,
            RecountKeysCommand.self, CheckKeysCommand.self, SealFileCommand.self,
            ChangePassphraseCommand.self, UnsealFileCommand.self,
        ])

    /// The end of every sentence about a changed ring.
    static let reloadHint = "a running Cipher takes it up on SIGHUP"
}

struct ListKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show every version of the key, and no key.",
        discussion: """
            SEALED is how often a key has sealed, by all Ciphers of the ring. It is rounded up \
            while Cipher runs, which sets uses aside a million at a time. At 2^31 Cipher warns, at \
            2^32 it seals no more. If it is lost, the key seals nothing until `Cipher keys recount`.
            """)

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        switch try keys.access() {
        case .file(let file):
            let counts = try KeyCountFile.readAll(besideRing: file.path)
            for line in Self.lines(try file.read(), counts) { Output.line(line) }
        case .running(let cipher):
            let lines = try cipher.require(VaultControl.list)
            for line in lines.split(separator: "\n") { Output.line(String(line)) }
        }
    }

    static func lines(_ ring: KeyRing, _ counts: [ByteText: Int64]) -> [String] {
        let titles = row("VERSION", "STATE", "LEGACY", "CREATED", "SEALED", "FINGERPRINT")
        return [titles]
            + ring.keys.map { key in
                row(
                    "\(key.version)", key.state.rawValue, key.isLegacy ? "yes" : "no",
                    WallClock.text(seconds: key.created), sealCount(of: key, in: counts),
                    key.fingerprint.string)
            }
    }

    private static func sealCount(
        of key: KeyRing.Key, in counts: [ByteText: Int64]
    ) -> String {
        if let count = counts[key.fingerprint] { return "\(count)" }
        return key.state == .current ? "lost" : "-"
    }

    private static func row(_ columns: String...) -> String {
        let widths = [9, 14, 8, 22, 12, 0]
        return zip(columns, widths).map { column, width in
            column + String(repeating: " ", count: max(0, width - column.count))
        }.joined()
    }
}

struct CheckKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read the ring as a start would, and try each of its keys.",
        discussion: "Changes nothing. For a backup of the ring, name it with --key-file.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        try SelfTest.standard.run()
        var file = try keys.file()
        // The whole file is tried, so a running Cipher does not answer for it.
        if case .sealed(let sealed) = try file.form() { file.seal = try Passphrase.unlock(sealed) }
        let stored = try file.readStored()
        let ring = stored.ring
        let counts = try KeyCountFile(besideRing: file.path).read()
        for key in ring.keys { try Self.check(key) }
        if counts[ring.current.fingerprint] == nil, !stored.isFormat1 {
            throw StartFailure(
                "\(file.path): every key opens, but the count of the current key's uses is "
                    + "missing: put \(file.path).spent back beside it, or run Cipher keys recount")
        }
        Output.line(
            "\(file.path): \(ring.keys.count) version\(ring.keys.count == 1 ? "" : "s"), "
                + "\(ring.current.version) is current; every key seals and opens")
    }

    private static func check(_ key: KeyRing.Key) throws(StartFailure) {
        let text = Array("a text of no importance".utf8)
        let context = [UInt8]()
        do throws(OpenSSLFault) {
            guard let material = key.material else { return }
            let cipher = try AES256GCM(key: material)
            let sealed = try cipher.seal(text.span, context: context.span)
            guard cipher.open(sealed.span, context: context.span) == text else {
                throw OpenSSLFault(call: "opening what was sealed")
            }
        } catch {
            throw StartFailure("version \(key.version) does not work", error)
        }
    }
}

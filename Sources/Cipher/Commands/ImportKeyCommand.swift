import ArgumentParser
import Cryptography
import Glibc
import Program

struct ImportKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Add a key: exactly 32 raw bytes on standard input.",
        discussion: """
            It becomes the current version, and the one before still opens what it sealed. Where \
            there is no key ring yet, one is made with it.
            """)

    @OptionGroup var keys: KeyFileOption

    @Flag(
        help: """
            Add it as the key that opens bare contents of an earlier system, and never seals; \
            beside the current one, which is made if there is none.
            """)
    var legacy = false

    /// Accepted only to be refused here: the parser's own error would print the key.
    @Argument(help: .hidden) var others: [String] = []

    func run() throws {
        guard others.isEmpty else {
            throw StartFailure(
                "everybody sees arguments: give the key on standard input, Cipher keys import < "
                    + "key-file")
        }
        // Standard input holds the key, so it cannot hold a passphrase.
        let access = try keys.access(asksPassphrase: false)
        if isatty(STDIN_FILENO) == 1 {
            throw StartFailure("give the key on standard input: Cipher keys import < key-file")
        }
        var bytes = try Self.standardInput()
        defer { wipe(&bytes) }
        Output.line(try access.apply(.importing(Secret(taking: &bytes), isLegacy: legacy)))
    }

    /// Reads at most one byte more than a key, which shows that there are too many.
    private static func standardInput() throws(StartFailure) -> [UInt8] {
        guard let bytes = BlockingIO.read(STDIN_FILENO, atMost: AES256GCM.keyBytes + 1) else {
            throw .last("read", "standard input")
        }
        return bytes
    }
}

import ArgumentParser
import Encoding
import CipherAPI
import Program

struct ListKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show every version of the key, and no key.",
        discussion: """
            SEALED is how often a key has sealed, rounded up while Cipher runs, which sets uses \
            aside a million at a time. At 2^31 Cipher warns, at 2^32 it seals no more. Where it is \
            lost, the key seals nothing until `Cipher keys recount`.
            """)

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let ring = try file.read()
        let spent = try KeyBudget.spent(besideRing: file.path)
        Output.line(Self.row("VERSION", "STATE", "LEGACY", "CREATED", "SEALED", "FINGERPRINT"))
        for key in ring.keys {
            Output.line(
                Self.row(
                    "\(key.version)", key.state.rawValue, key.isLegacy ? "yes" : "no",
                    WallClock.text(seconds: key.created), Self.sealed(key, spent),
                    key.fingerprint.string))
        }
    }

    private static func sealed(_ key: KeyRing.Key, _ spent: [ByteText: Int64]) -> String {
        if let count = spent[key.fingerprint] { return "\(count)" }
        return key.state == .current ? "lost" : "-"
    }

    private static func row(_ columns: String...) -> String {
        let widths = [9, 14, 8, 22, 12, 0]
        return zip(columns, widths).map { column, width in
            column + String(repeating: " ", count: max(0, width - column.count))
        }.joined()
    }
}

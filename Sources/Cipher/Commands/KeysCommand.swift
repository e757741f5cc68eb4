import ArgumentParser
import CipherAPI
import Program

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the key ring.",
        discussion: "A running Cipher takes changes over on SIGHUP.",
        subcommands: [ListKeysCommand.self, ImportKeyCommand.self])
}

struct ListKeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show every version of the key, and no key.")

    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let ring = try keys.file().read()
        print(Self.row("VERSION", "STATE", "LEGACY", "CREATED", "FINGERPRINT"))
        for key in ring.keys {
            print(
                Self.row(
                    "\(key.version)", key.state.rawValue, key.isLegacy ? "yes" : "no",
                    WallClock.text(seconds: key.created), key.fingerprint))
        }
    }

    private static func row(_ columns: String...) -> String {
        let widths = [9, 14, 8, 22, 0]
        return zip(columns, widths).map { column, width in
            column + String(repeating: " ", count: max(0, width - column.count))
        }.joined()
    }
}

import ArgumentParser
import Program

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the key ring.",
        discussion: "A running Cipher takes changes over on SIGHUP.",
        subcommands: [
            ListKeysCommand.self, RotateKeyCommand.self, RetireKeyCommand.self,
            RestoreKeyCommand.self, ForgetKeyCommand.self, ImportKeyCommand.self,
            RecountKeysCommand.self, CheckKeysCommand.self,
        ])
}

import ArgumentParser
import Program

struct CipherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Cipher",
        abstract: "The vault: seals and opens texts with AES-256-GCM, and holds the only keys.",
        discussion: """
            Each option has an environment variable, named in its help; the option wins over it.
            """,
        version: programVersion,
        subcommands: [ServeCommand.self, HealthcheckCommand.self, KeysCommand.self],
        defaultSubcommand: ServeCommand.self)
}

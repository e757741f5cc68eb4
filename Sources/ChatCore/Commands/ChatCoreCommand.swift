import ArgumentParser
import Program

struct ChatCoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ChatCore",
        abstract: "The chat server: accounts, friends, messages and the web client.",
        discussion: """
            Each option has an environment variable, named in its help; the option wins over it.
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self, HealthcheckCommand.self, StoreCommand.self, UsersCommand.self,
            InitCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

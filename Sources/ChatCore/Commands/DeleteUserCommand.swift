import ArgumentParser
import Encoding
import Glibc
import Program

struct DeleteUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove somebody, and every message of their conversations, for good.",
        discussion: """
            Both directions go, and the store is folded, so that no file of it keeps them. Backups \
            and the file that a takeover kept do: delete those too. On a terminal it asks first.
            """)

    @Argument(help: UsersCommand.nameHelp) var name: String
    @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
    @OptionGroup var data: DataOption

    func run() throws {
        if !yes, isatty(STDIN_FILENO) == 1 {
            try Confirmation.require(
                name, toDo: "remove them with all messages", otherwise: "nothing was removed")
        }
        let answer = try UsersCommand.ask(data, DeleteUser.target) { [name] body in
            body.field("username", name)
        }
        Output.line("\(name) is removed (\(answer["id"]?.text ?? ""))")
    }
}

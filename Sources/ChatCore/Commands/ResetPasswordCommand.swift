import ArgumentParser
import Encoding
import Glibc
import Program

struct ResetPasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password",
        abstract: "Give somebody a new password: one line on standard input.",
        discussion: """
            On a terminal it is asked for twice and not shown. Every session of theirs ends. \
            Arguments and environment variables are seen by others, so it is never one.
            """)

    @Argument(help: UsersCommand.nameHelp) var name: String
    /// Accepted only to be refused, because the parser's error would print a typed password.
    @Argument(help: .hidden) var others: [String] = []
    @OptionGroup var data: DataOption

    func run() throws {
        guard others.isEmpty else {
            throw StartFailure(
                "everybody sees arguments: give the new password as one line on standard input")
        }
        let password = try Self.password(of: name)
        _ = try UsersCommand.ask(data, ResetPassword.target) { [name] body in
            body.field("username", name)
            body.field("password", password)
        }
        Output.line("\(name) has a new password, and every session has ended")
    }

    private static func password(of name: String) throws(StartFailure) -> String {
        if isatty(STDIN_FILENO) == 1 {
            let password = try typed("New password of \(Output.escaped(name)): ")
            let again = try typed("The same again: ")
            guard password.utf8.elementsEqual(again.utf8) else {
                throw StartFailure("the two were not the same; nothing was changed")
            }
            return password
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw StartFailure("give the new password as one line on standard input")
        }
        return line
    }

    /// Reads one line from the terminal without echo.
    private static func typed(_ prompt: String) throws(StartFailure) -> String {
        guard let line = getpass(prompt) else { throw StartFailure("no password was typed") }
        return String(cString: line)
    }
}

import ArgumentParser
import Chat
import Encoding
import Program

struct InviteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Print codes, each of which lets one person register.",
        discussion: """
            One a line. They are asked for where serve runs with --registration invite. The store \
            holds digests alone: a code that is lost cannot be printed again.
            """)

    @Option(parsing: .unconditional, help: "How many.") var count = 1
    @Option(parsing: .unconditional, help: "How many days they last.") var days = 14
    @OptionGroup var data: DataOption

    func run() throws {
        guard (1...Accounts.invitesMax).contains(count) else {
            throw StartFailure("--count \(count): use a number from 1 to \(Accounts.invitesMax)")
        }
        guard (1...CreateInvites.daysMax).contains(days) else {
            throw StartFailure(
                "--days \(days): use a number from 1 to \(CreateInvites.daysMax)")
        }
        try UsersCommand.askForLines(data, CreateInvites.target) { [count, days] body in
            body.field("count", count)
            body.field("days", days)
        } _: { line in
            Output.line(line["code"]?.text?.string ?? "")
        }
    }
}

struct ListInvitesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invites", abstract: "Show what was not used: id, and when it expires.")

    @OptionGroup var data: DataOption

    func run() throws {
        try UsersCommand.askForLines(data, ListInvites.target) { invite in
            Output.line("\(invite["id"]?.text ?? "")  \(invite["expires"]?.text ?? "")")
        }
    }
}

struct RevokeInviteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-invite", abstract: "Make a code that was not used worth nothing.")

    @Argument(help: "The code, or its id as `ChatCore users invites` shows it.") var invite: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, RevokeInvite.target) { [invite] body in
            body.field("invite", invite)
        }
        Output.line("revoked")
    }
}

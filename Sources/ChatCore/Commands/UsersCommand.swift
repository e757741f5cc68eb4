import ArgumentParser
import Encoding
import EventLoop
import Program

struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Look after accounts, through the server that runs on the data folder.",
        discussion: """
            Names are meant exactly, case included. One that begins with - comes last, after --, \
            as in `ChatCore users sign-out -- --yes`. Control characters of names are shown \
            escaped.
            """,
        subcommands: [
            ListUsersCommand.self, ShowUserCommand.self, LimitedCommand.self,
            DisableUserCommand.self, EnableUserCommand.self, ResetPasswordCommand.self,
            RenameUserCommand.self, SignOutCommand.self, DeleteUserCommand.self,
            InviteCommand.self, ListInvitesCommand.self, RevokeInviteCommand.self,
        ])

    static let nameHelp: ArgumentHelp =
        "The name, as `ChatCore users list` shows it; after -- where it begins with -."

    /// Sends a request to the running server, because only a server changes accounts.
    static func ask(
        _ data: DataOption, _ target: String,
        _ write: @escaping @Sendable (inout JSONWriter) -> Void = { _ in }
    ) throws -> JSONObject {
        let place = try data.place()
        let loop = try EventLoop()
        return try loop.run {
            guard let answer = try await ControlClient(place, loop: loop).post(target, write)
            else {
                throw place.noServer
            }
            return answer
        }
    }

    /// Sends a request, calls `take` for each line of the answer, and returns their number.
    @discardableResult
    static func askForLines(
        _ data: DataOption, _ target: String,
        _ write: @escaping @Sendable (inout JSONWriter) -> Void = { _ in },
        _ take: @escaping @Sendable (JSONObject) -> Void
    ) throws -> Int {
        let place = try data.place()
        let loop = try EventLoop()
        return try loop.run {
            let client = ControlClient(place, loop: loop)
            guard let count = try await client.postForLines(target, write, take) else {
                throw place.noServer
            }
            return count
        }
    }
}

struct RenameUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give somebody another name; sessions, friends and messages stay.")

    @Argument(help: UsersCommand.nameHelp) var old: String
    @Argument(help: "The new name.") var new: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, RenameUser.target) { [old, new] body in
            body.field("username", old)
            body.field("newUsername", new)
        }
        Output.line("\(old) is now \(new)")
    }
}

struct SignOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "End every session of somebody.")

    @Argument(help: UsersCommand.nameHelp) var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, SignOutUser.target) { [name] body in
            body.field("username", name)
        }
        Output.line("every session of \(name) has ended")
    }
}

import ArgumentParser
import Encoding
import EventLoop
import Program

struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Look after accounts, through the server that runs on the data folder.",
        discussion: "Names are meant exactly, case included.",
        subcommands: [
            ListUsersCommand.self, ResetPasswordCommand.self, RenameUserCommand.self,
            SignOutCommand.self, DeleteUserCommand.self, InviteCommand.self,
            ListInvitesCommand.self, RevokeInviteCommand.self,
        ])

    /// Asks the running server; there is no other way to change an account.
    static func ask(
        _ data: DataOption, _ target: String,
        _ write: @escaping @Sendable (inout JSONWriter) -> Void = { _ in }
    ) throws -> JSONObject {
        let path = try data.path()
        let loop = try EventLoop()
        return try loop.run {
            guard let answer = try await ControlClient(data: path, loop: loop).post(target, write)
            else {
                throw StartFailure("no server runs on data folder '\(path)': start ChatCore first")
            }
            return answer
        }
    }
}

struct ListUsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show everybody: id, number of contacts, name.")

    @OptionGroup var data: DataOption

    func run() throws {
        let answer = try UsersCommand.ask(data, AdministerUsers.listTarget)
        for user in answer["users"]?.array ?? [] {
            guard let user = user.object else { continue }
            let count = "\(user["contacts"]?.integer ?? 0)"
            print(
                "\(user["id"]?.text ?? "")  "
                    + String(repeating: " ", count: max(0, 5 - count.count)) + count
                    + "  \(user["username"]?.text ?? "")")
        }
    }
}

struct RenameUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give somebody another name; sessions, friends and messages stay.")

    @Argument(help: "The name, as `ChatCore users list` shows it.") var old: String
    @Argument(help: "The new name.") var new: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, AdministerUsers.renameTarget) { [old, new] body in
            body.field("username", old)
            body.field("newUsername", new)
        }
        print("\(old) is now \(new)")
    }
}

struct SignOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign-out", abstract: "End every session of somebody.")

    @Argument(help: "The name, as `ChatCore users list` shows it.") var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, AdministerUsers.signOutTarget) { [name] body in
            body.field("username", name)
        }
        print("every session of \(name) has ended")
    }
}

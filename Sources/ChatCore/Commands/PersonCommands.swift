import ArgumentParser
import Encoding
import Program

struct ShowUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what the server knows of somebody, and which limits refuse them.")

    @Argument(help: "The user's name in any case, or the id that a log line holds.")
    var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        let user = try UsersCommand.ask(data, ShowUser.target) { [name] body in
            body.field("username", name)
        }
        func line(_ title: String, _ value: String?) {
            let space = String(repeating: " ", count: max(1, 12 - title.utf8.count))
            Output.line(title + space + (value ?? "unknown"))
        }
        func number(_ name: ByteText) -> String? { user[name]?.integer.map { "\($0)" } }
        line("name", user["username"]?.text?.string)
        line("id", user["id"]?.text?.string)
        line("log-in", user["disabled"]?.bool == true ? "disabled" : "allowed")
        line("since", user["since"]?.text?.string)
        line("last seen", user["seen"]?.text?.string)
        line("friends", number("contacts"))
        line("messages", number("messages"))
        line("bytes", number("bytes"))
        let limits = user["limits"]?.array?.compactMap(\.object) ?? []
        for limit in limits { line("refused", LimitLine(limit).text) }
        if limits.isEmpty { line("refused", "nothing lately") }
    }
}

struct LimitedCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limited",
        abstract: "Show who is being refused by a limit, and by which; the worst first.",
        discussion: """
            A limit is one of messages, bytes, names, passwords, registrations, subscriptions and \
            markers. Counts begin anew with the server, and once somebody has all again that the \
            limit allows. With a store in PostgreSQL, limits of a day are not among them.
            """)

    @OptionGroup var data: DataOption

    func run() throws {
        let count = try UsersCommand.askForLines(data, ListLimited.target) { limited in
            let party =
                limited["username"]?.text?.string
                ?? "address \(limited["address"]?.text?.string ?? "")"
            Output.line("\(LimitLine(limited).text)  \(party)")
        }
        if count == 0 { Output.note("no limit refuses anybody") }
    }
}

/// `messages: 57 times, goes on in 3 s`.
private struct LimitLine {
    let text: String

    init(_ limit: JSONObject) {
        let count = limit["refusals"]?.integer ?? 0
        let wait = limit["wait"]?.integer.map { "goes on in \($0) s" } ?? "may go on"
        text =
            "\(limit["limit"]?.text?.string ?? ""): \(counted(count, "time")), \(wait)"
    }
}

struct DisableUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Keep somebody from logging in; every session ends, and all they have stays.",
        discussion: """
            A log-in is answered like one with a wrong password. Friends still write to them, and \
            `ChatCore users enable` lets them read it.
            """)

    @Argument(help: UsersCommand.nameHelp) var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, DisableUser.target) { [name] body in
            body.field("username", name)
        }
        Output.line("\(name) cannot log in, and every session has ended")
    }
}

struct EnableUserCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable", abstract: "Let a disabled person log in again.")

    @Argument(help: UsersCommand.nameHelp) var name: String
    @OptionGroup var data: DataOption

    func run() throws {
        _ = try UsersCommand.ask(data, EnableUser.target) { [name] body in
            body.field("username", name)
        }
        Output.line("\(name) may log in")
    }
}

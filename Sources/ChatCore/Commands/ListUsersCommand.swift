import ArgumentParser
import Chat
import Encoding
import Glibc
import Program

extension PeopleQuery.Order: ExpressibleByArgument {}

struct ListUsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show everybody: id, number of friends, name.",
        discussion: """
            One a line, in the order of the names' bytes. To go on behind a --limit, give the last \
            name with --after. With --long or --sort a line has more: id, friends, messages, their \
            bytes, the day since which the account is known, the day of the last poll or message, \
            name. A - stands for what is unknown, a ! behind the name for a disabled account.
            """)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only names that hold this, regardless of case.", valueName: "text"))
    var search: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only names that come behind this one.", valueName: "name"))
    var after: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only so many of the first.", valueName: "number"))
    var limit: Int?

    @Option(help: "By name; or the most, or the latest, of something first.")
    var sort: PeopleQuery.Order?

    @Flag(name: .shortAndLong, help: "More of each.") var long = false
    @Flag(help: "One JSON object a line, with all of it.") var json = false

    @OptionGroup var data: DataOption

    func run() throws {
        if let limit, limit < 1 {
            throw StartFailure("--limit \(limit): use a number from 1 on")
        }
        if after != nil, let sort, sort != .name {
            throw StartFailure("--after goes with the order of names: leave --sort \(sort) out")
        }
        let isLong = long || sort != nil
        if isLong, !json, isatty(STDOUT_FILENO) == 1 { Output.line(PersonLine.heading) }
        try UsersCommand.askForLines(data, ListUsers.target) {
            [search, after, limit, sort] body in
            if let search { body.field("search", search) }
            if let after { body.field("after", after) }
            if let limit { body.field("limit", limit) }
            if let sort { body.field("sort", sort.rawValue) }
        } _: { [json] user in
            let line = PersonLine(user)
            Output.line(json ? line.json : isLong ? line.long : line.short)
        }
    }
}

/// A user as the control socket's answers hold one, as text.
struct PersonLine {
    static let heading =
        "id                                    friends messages      bytes since      seen       "
        + "name"

    private let user: JSONObject

    init(_ user: JSONObject) { self.user = user }

    var short: String {
        "\(text("id"))  \(number("contacts", 5))  \(text("username"))"
    }

    var long: String {
        "\(text("id"))  \(number("contacts", 7)) \(number("messages", 8)) \(number("bytes", 10)) "
            + "\(day("since")) \(day("seen")) \(text("username"))"
            + (user["disabled"]?.bool == true ? " !" : "")
    }

    var json: String {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        for member in user.members {
            writer.name(member.name.string)
            switch member.value {
            case .bool(let value): writer.bool(value)
            case .integer(let value): writer.integer(value)
            default: writer.string(member.value.text ?? "")
            }
        }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private func text(_ name: ByteText) -> String { user[name]?.text?.string ?? "" }

    private func day(_ name: ByteText) -> String {
        let day = user[name]?.text?.string ?? "-"
        return day + String(repeating: " ", count: max(0, 10 - day.utf8.count))
    }

    private func number(_ name: ByteText, _ width: Int) -> String {
        let text = user[name]?.integer.map { "\($0)" } ?? "-"
        return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}

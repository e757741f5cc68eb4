import ArgumentParser
import Encoding
import EventLoop
import Program

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how the server on the data folder is, what waits for a person first.",
        discussion: """
            The exit status is 0 if all is well, 1 if something waits for a person, and 2 if no \
            server can be asked. Times are bounds: half, or 99 of 100, of the last ten minutes \
            took no longer.
            """)

    @OptionGroup var options: StatusOptions
    @OptionGroup var data: DataOption

    func run() throws {
        let place = try data.place()
        try StatusLoop.run(options, lines: { StatusPage($0).lines }) { loop, time in
            var client = ControlClient(place, loop: loop)
            client.answerTimeMax = time
            guard let answer = try await client.post(ShowServerStatus.target) else {
                throw place.noServer
            }
            return answer
        }
    }
}

/// An answer of `POST /status` as people read it.
struct StatusPage {
    private let answer: JSONObject

    init(_ answer: JSONObject) {
        self.answer = answer
    }

    var lines: [String] {
        [first, store, disk, use, time("sends", "send"), time("polls", "poll"), waits, backup, key]
            .compactMap { $0 }
    }

    private var first: String {
        let cipher = answer["cipherVersion"]?.text.map { ", Cipher \($0)" } ?? ""
        return "ChatCore \(answer["version"]?.text ?? "")\(cipher): "
            + "\(answer["status"]?.text ?? "unknown"), up \(duration("uptimeSeconds")), "
            + "\(bytes("residentBytes")) of memory"
    }

    private var store: String? {
        guard let users = number("users"), let messages = number("messages") else { return nil }
        if isDatabase {
            let about = answer["usersAreEstimated"]?.bool == true ? "about " : ""
            let size = number("databaseBytes") == nil ? "" : "; database \(bytes("databaseBytes"))"
            return "store    \(about)\(counted(users, "user")), \(counted(messages, "message"))"
                + size
        }
        return "store    \(counted(users, "user")), \(counted(messages, "message")); db.json "
            + "\(bytes("snapshotBytes")), journal \(bytes("journalBytes")), photos "
            + bytes("photoBytes")
    }

    private var isDatabase: Bool { answer["usersAreEstimated"] != nil }

    private var disk: String? {
        guard number("diskBytes") != nil else { return nil }
        let rate =
            if let days = number("diskDaysLeft") {
                "full in \(counted(days, "day")) at this week's rate"
            } else if number("storeBytesPerDay") == nil {
                "its rate is known an hour after the first start"
            } else {
                "the store did not grow this week"
            }
        return "disk     \(bytes("diskFreeBytes")) of \(bytes("diskBytes")) left; \(rate)"
    }

    private var use: String {
        "use      \(rate("requestsPerSecond")) requests and \(rate("sendsPerSecond")) sends a "
            + "second" + (answer["shedding"]?.bool == true ? "; load is being refused" : "")
    }

    private var waits: String {
        "waiting  \(counted(number("waitingPasswords") ?? 0, "log-in")), "
            + "\(counted(number("waitingTexts") ?? 0, "text")) for Cipher"
    }

    private var backup: String? {
        guard number("messages") != nil else { return nil }
        if isDatabase {
            guard let age = number("archiveAgeSeconds") else {
                return "backup   the database archives no log, or does not tell: see its own tools"
            }
            return "backup   the database archived its log \(Amount.duration(age)) ago"
        }
        guard let age = number("backupAgeSeconds") else { return "backup   never" }
        let check =
            switch answer["backupCheck"]?.text {
            case "passed": "; Cipher opened all of it"
            case "failed": "; its check failed"
            default: "; not checked"
            }
        return "backup   \(Amount.duration(age)) ago\(check)"
    }

    private var key: String? {
        guard let version = number("keyVersion"), let seals = number("keySeals"),
            let most = number("keySealsMax")
        else { return nil }
        return "key      version \(version), \(duration("keyAgeSeconds")) old, "
            + "\(Amount.share(of: seals, in: most)) of its seals used"
    }

    private func time(_ title: String, _ name: String) -> String {
        let title = "\(title)    "
        guard let p50 = time("\(name)MicrosecondsP50"), let p99 = time("\(name)MicrosecondsP99")
        else { return title + "none in the last ten minutes" }
        return title + "p50 \(p50), p99 \(p99)"
    }

    private func time(_ name: String) -> String? {
        guard let value = answer[ByteText(name)] else { return nil }
        guard let time = value.integer else { return "over 10 s" }
        return "up to \(Amount.oneDigit(Double(time) / 1000)) ms"
    }

    private func number(_ name: ByteText) -> Int64? { answer[name]?.integer }
    private func bytes(_ name: ByteText) -> String { Amount.bytes(Int(number(name) ?? 0)) }
    private func duration(_ name: ByteText) -> String { Amount.duration(number(name) ?? 0) }

    private func rate(_ name: ByteText) -> String {
        switch answer[name] {
        case .integer(let value)?: Amount.oneDigit(Double(value))
        case .double(let value)?: Amount.oneDigit(value)
        case _: "0.0"
        }
    }
}

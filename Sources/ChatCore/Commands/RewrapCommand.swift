import ArgumentParser
import Encoding
import EventLoop
import Program

struct RewrapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rewrap",
        abstract: "Move every message under Cipher's current key, while the server runs.",
        discussion: """
            For after `Cipher keys rotate`, so that older versions can be retired. The server does \
            it beside its work, and goes on when this command is interrupted; after a restart, run \
            it again: what is done is passed over.
            """)

    @OptionGroup var data: DataOption

    func run() throws {
        let place = try data.place()
        let loop = try EventLoop()
        let end = try loop.run {
            try await Self.follow(place, loop)
        }
        if let problem = end.problem {
            throw StartFailure("not all was rewrapped: \(problem); run it again")
        }
        Output.line(
            "\(counted(end.seen, "message")), \(end.rewrapped) of them moved under key version "
                + "\(end.version)")
        if end.retired > 0 {
            throw StartFailure(
                "\(counted(end.retired, "message")) stayed as before, under key versions that are "
                    + "retired, which ChatCore's log names: Cipher keys restore has those open "
                    + "again that were not forgotten; then rewrap again. What was sealed under a "
                    + "forgotten version stays unread"
                    + (end.notAuthentic > 0 ? "; and \(end.notAuthentic) would not open" : ""))
        }
        if end.notAuthentic > 0 {
            throw StartFailure(
                "\(counted(end.notAuthentic, "message")) would not open and stayed as before; "
                    + "ChatCore's log names each")
        }
    }

    private struct Progress {
        let isRunning: Bool
        let version, seen, rewrapped, notAuthentic, retired: Int64
        let problem: String?

        init(_ object: JSONObject) {
            isRunning = object["running"]?.bool ?? false
            version = object["version"]?.integer ?? 0
            seen = object["seen"]?.integer ?? 0
            rewrapped = object["rewrapped"]?.integer ?? 0
            notAuthentic = object["notAuthentic"]?.integer ?? 0
            retired = object["retired"]?.integer ?? 0
            problem = object["problem"]?.text?.string
        }
    }

    private static func follow(_ place: ServerPlace, _ loop: EventLoop) async throws -> Progress {
        let client = ControlClient(place, loop: loop)
        var target = RewrapStore.target
        var told: String?
        while true {
            guard let answer = try await client.post(target) else {
                throw place.noServer
            }
            let progress = Progress(answer)
            guard progress.isRunning else { return progress }
            let line = progress.problem ?? "\(counted(progress.seen, "message")) so far"
            if line != told { Output.line(line) }
            told = line
            target = RewrapProgress.target
            try await loop.sleep(for: .seconds(1))
        }
    }
}

import ArgumentParser
import CipherAPI
import Encoding
import EventLoop
import Logging
import Program
import Storage

struct ForgetKeyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget-key",
        abstract: "Do without a key version of Cipher's that is lost for good.",
        discussion: """
            While the server runs or not. It asks to type the version again, on standard input. \
            Until then no message is written or read, since Cipher may have come up with the wrong \
            ring. What that version sealed stays in the store and can never be read again.
            """)

    @Argument(help: "The version, as ChatCore's log and `Cipher keys list` name it.")
    var version: Int
    @OptionGroup var data: DataOption

    func run() throws {
        guard CipherLimits.keyVersions.contains(version) else {
            throw StartFailure("\(version) is no key version; see Cipher keys list")
        }
        let place = try data.place()
        try Confirmation.require(
            "\(version)", toDo: "do without key version \(version) for good",
            otherwise: "nothing was changed")
        let logger = LineLog.bootstrap(label: "ChatCore", level: .warning)
        let loop = try EventLoop()
        try loop.run { [version] in
            let client = ControlClient(place, loop: loop)
            let answer = try await client.post(ForgetKey.target) { $0.field("version", version) }
            if answer == nil { try await Self.forget(version, stopped: place.data, loop, logger) }
        }
        Output.line(
            "the store asks for key version \(version) no more; where Cipher has another key of "
                + "that number, ChatCore takes it as a new one")
    }

    private static func forget(
        _ version: Int, stopped path: String, _ loop: EventLoop, _ logger: Logger
    ) async throws {
        let isKnown = try await StoreCommand.withStopped(path, loop, logger) { store in
            try await store.commit(reading: [.keys]) { facts in
                let isKnown = facts.knownKeys[version] != nil
                return (isKnown ? .keyForgotten(version: version) : nil, isKnown)
            }
        }
        guard isKnown else {
            throw StartFailure("the store knows no key version \(version); nothing changed")
        }
    }
}

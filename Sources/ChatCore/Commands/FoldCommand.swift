import ArgumentParser
import Encoding
import EventLoop
import Logging
import Program
import Storage

struct FoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fold",
        abstract: "Fold the journal into db.json, while the server runs or not.")

    @OptionGroup var data: DataOption

    func run() throws {
        let place = try data.place()
        let path = place.data
        let logger = LineLog.bootstrap(label: "ChatCore", level: .warning)
        let loop = try EventLoop()
        let (users, messages) = try loop.run {
            if let answer = try await ControlClient(place, loop: loop).post(FoldStore.target) {
                return (answer["users"]?.integer ?? 0, answer["messages"]?.integer ?? 0)
            }
            return try await Self.foldStopped(path, loop, logger)
        }
        Output.line(
            "\(path)/db.json holds everything: \(counted(users, "user")), "
                + counted(messages, "message"))
    }

    private static func foldStopped(
        _ path: String, _ loop: EventLoop, _ logger: Logger
    ) async throws -> (Int64, Int64) {
        try await StoreCommand.withStopped(path, loop, logger) { store in
            try await store.fold()
            return (Int64(await store.userCount), Int64(await store.messageCount))
        }
    }
}

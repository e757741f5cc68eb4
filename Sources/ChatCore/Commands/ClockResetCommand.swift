import ArgumentParser
import Chat
import Encoding
import EventLoop
import Logging
import Program
import Storage

struct ClockResetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock-reset",
        abstract: "Put the store's time right after the clock was once ahead.",
        discussion: """
            For a stopped server, on a machine whose clock is right now. Everybody's sessions end. \
            Messages keep their time, and those that follow in their conversations stay later.
            """)

    @OptionGroup var data: DataOption

    func run() throws {
        let path = try data.path()
        guard let now = MachineClock.now else {
            throw StartFailure(
                "this machine's clock shows \(WallClock.text(seconds: WallClock.seconds)), and has "
                    + "not been set; set it first")
        }
        let logger = LineLog.bootstrap(label: "ChatCore", level: .warning)
        let loop = try EventLoop()
        let outcome = try loop.run { try await Self.reset(path, now, loop, logger) }
        guard let outcome else {
            Output.line(
                "the store's time is not ahead of this machine's clock; nothing was changed")
            return
        }
        Output.line(
            "the store's time was \(Self.text(outcome.before)) and is \(Self.text(now)) now; the "
                + "sessions of \(counted(outcome.users, "user")) have ended")
    }

    private struct Outcome {
        let before: Int64
        let users: Int
    }

    /// Returns nil if the time is not ahead.
    private static func reset(
        _ path: String, _ now: Int64, _ loop: EventLoop, _ logger: Logger
    ) async throws -> Outcome? {
        try await StoreCommand.withStopped(path, loop, logger) { store in
            let before = store.newestTimestamp
            guard before > now else { return nil }
            return Outcome(before: before, users: try await ClockReset.run(store, now: now))
        }
    }

    private static func text(_ milliseconds: Int64) -> String {
        WallClock.text(seconds: milliseconds / 1000)
    }
}

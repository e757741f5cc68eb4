package import EventLoop
import Glibc

/// A program's life between its start and its last signal.
package enum Lifetime {
    /// How long what is in flight may take after the first signal to stop.
    private static let stopTimeMax = Duration.seconds(10)

    /// Runs `body`, and hears signals while it runs: SIGTERM and SIGINT call `stop` with the time
    /// that is left for what is in flight; a second one leaves none. SIGHUP calls `hangUp`.
    /// Returns, or throws, what `body` does, which ends after `stop`.
    package static func run(
        loop: EventLoop, stop: @escaping @Sendable (Duration) -> Void,
        hangUp: @escaping @Sendable () async -> Void,
        body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) {
                let signals = try Signals([SIGTERM, SIGINT, SIGHUP], loop: loop)
                await hear(signals, stop: stop, hangUp: hangUp)
            }
            group.addTask(executorPreference: loop) {
                try await body()
                throw Ended()
            }
            do {
                while let _ = try await group.next() {}
            } catch is Ended {
                group.cancelAll()
            }
        }
    }

    /// Thrown by a body that returned, to end the waiting for signals.
    private struct Ended: Error {}

    private static func hear(
        _ signals: Signals, stop: (Duration) -> Void, hangUp: () async -> Void
    ) async {
        var timeLeft = stopTimeMax
        while let signal = try? await signals.next() {
            if signal == SIGHUP {
                await hangUp()
            } else {
                stop(timeLeft)
                timeLeft = .zero
            }
        }
    }
}

package import EventLoop
import Glibc

/// The time between a server's start and its end by a signal.
package enum ProcessLifetime {
    /// The time for requests in flight after the first signal to stop.
    private static let stopTimeMax = Duration.seconds(10)

    /// Runs `body` and handles signals meanwhile. SIGTERM and SIGINT call `stop` with the time left
    /// for requests in flight; a second one leaves none. SIGHUP calls `hangUp`. `body` must end
    /// after `stop`.
    package static func run(
        loop: EventLoop, stop: @escaping @Sendable (Duration) -> Void,
        hangUp: @escaping @Sendable () async -> Void,
        body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) {
                let signals = try Signals([SIGTERM, SIGINT, SIGHUP], loop: loop)
                await handle(signals, stop: stop, hangUp: hangUp)
            }
            group.addTask(executorPreference: loop) {
                try await body()
                throw BodyEnded()
            }
            do {
                while let _ = try await group.next() {}
            } catch is BodyEnded {
                group.cancelAll()
            }
        }
    }

    /// Thrown after `body` returned, to end the wait for signals.
    private struct BodyEnded: Error {}

    private static func handle(
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

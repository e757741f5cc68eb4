import Chat
import Encoding
import EventLoop
import Logging
import Program
import Storage

/// Warns at every start if the store's newest time is ahead of this machine's clock. The clock may
/// have been wrong once, and sessions expire by the later of both times.
struct ClockAheadWarning: Sendable {
    private static let pause = Duration.seconds(60)

    let store: any StoreAdministration
    let data: String
    let loop: EventLoop
    let logger: Logger

    /// Waits until the clock is set, warns if needed, and returns.
    func run() async {
        while MachineClock.now == nil {
            do { try await loop.sleep(for: Self.pause) } catch { return }
        }
        let newest = store.newestTimestamp
        guard let latest = MachineClock.latest, newest > latest else { return }
        let found: FutureMessages
        do { found = try await store.messages(laterThan: latest) } catch {
            return logger.error(
                "the store's time is ahead of this machine's clock; its messages cannot be read",
                metadata: ["fault": "\(error)"])
        }
        logger.warning(
            """
            the store's time is ahead of this machine's clock, which was wrong once or is wrong \
            now. Sessions are judged by the later time. If the clock is right now, stop \
            ChatCore and run `ChatCore store clock-reset --data \(data)`
            """,
            metadata: [
                "store": "\(WallClock.text(seconds: newest / 1000))",
                "clock": "\(WallClock.text(seconds: WallClock.seconds))",
                "messages": "\(found.count)",
                "first": "\(found.listed.map(\.description).joined(separator: ","))",
            ])
    }
}

/// The time of this machine's clock. It is nil until the clock is set.
enum MachineClock {
    private static let millisecondsPerDay: Int64 = 86_400_000

    /// Milliseconds since 1970; nil until the clock is set.
    static var now: Int64? {
        let clock = WallClock.milliseconds
        return MessageTime.isSet(clock) ? clock : nil
    }

    /// The latest plausible time of a message. It allows for a clock that is a day behind.
    static var latest: Int64? { now.map { $0 + millisecondsPerDay } }
}

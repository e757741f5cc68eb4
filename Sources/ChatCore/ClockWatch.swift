import Encoding
import EventLoop
import Logging
import Program
import Storage

/// Says at every start where the store's time is ahead of this machine's clock: it may have been
/// set wrong once, and sessions are judged by the later of the two.
struct ClockWatch: Sendable {
    private static let pause = Duration.seconds(60)

    let store: any StoreAdministration
    let data: String
    let loop: EventLoop
    let logger: Logger

    /// Returns once it has been said, or there is nothing to say. Waits until the clock is set.
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

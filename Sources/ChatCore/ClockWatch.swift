import Encoding
import EventLoop
import Logging
import Program
import Storage

/// Says at every start where the store's time is ahead of this machine's clock: it may have been
/// set wrong once, and sessions are judged by the later of the two.
struct ClockWatch: Sendable {
    private static let pause = Duration.seconds(60)

    let store: JSONStore
    let data: String
    let loop: EventLoop
    let logger: Logger

    /// Returns once it has been said, or there is nothing to say. Waits until the clock is set.
    func run() async {
        while MachineClock.now == nil {
            do { try await loop.sleep(for: Self.pause) } catch { return }
        }
        guard let latest = MachineClock.latest else { return }
        guard let facts = store.pollFacts(of: UserID(""), in: nil),
            facts.newestTimestamp > latest
        else { return }
        let newest = facts.newestTimestamp
        let found = try? await store.messages(laterThan: latest)
        logger.warning(
            """
            the store's time is ahead of this machine's clock, which was wrong once or is wrong \
            now. Sessions are judged by the later time. If the clock is right now, stop \
            ChatCore and run `ChatCore store clock-reset --data \(data)`
            """,
            metadata: [
                "store": "\(WallClock.text(seconds: newest / 1000))",
                "clock": "\(WallClock.text(seconds: WallClock.seconds))",
                "messages": "\(found?.count ?? 0)",
                "first": "\((found?.listed ?? []).map(\.description).joined(separator: ","))",
            ])
    }
}

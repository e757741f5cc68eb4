import Chat
import EventLoop
import Storage

/// Tells the other processes of a store who polls, and asks them before an announcement.
struct SharedPresence: Sendable {
    /// A person counts as present this long after a poll that any process has noted.
    static let quietTime = Duration.seconds(45)
    private static let pause = Duration.seconds(1)
    private static let usersAtOnce = 1_000

    private let store: any SharedStore
    private let announcements: Announcements
    private let loop: EventLoop

    /// Returns nil if no other process can use the store.
    init?(_ store: any ChatStore, _ announcements: Announcements, loop: EventLoop) {
        guard let store = store as? any SharedStore else { return nil }
        self.store = store
        self.announcements = announcements
        self.loop = loop
        announcements.share()
    }

    /// Returns whether the receiver is away from every process and was not told by any. If the
    /// store cannot say, the next message asks again.
    func allows(_ announcement: Announcement) async -> Bool {
        await tellReads()
        do throws(StorageFault) {
            if try await store.hasPolled(announcement.receiver, within: Self.quietTime) {
                return false
            }
            return try await store.beginAnnouncement(
                from: announcement.sender, to: announcement.receiver)
        } catch { return false }
    }

    /// Lets the next message be announced by any process.
    func end(_ announcement: Announcement) async {
        try? await store.endAnnouncements([(announcement.sender, announcement.receiver)])
    }

    /// Notes who polls and who reads here, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do { try await loop.sleep(for: Self.pause) } catch { return }
            await tellReads()
            let ages = announcements.takeUntoldPolls()
            for start in stride(from: 0, to: ages.count, by: Self.usersAtOnce) {
                let part = ages[start..<min(start + Self.usersAtOnce, ages.count)]
                try? await store.notePolls(Array(part))
            }
        }
    }

    private func tellReads() async {
        let reads = announcements.takeReads().map { (sender: $0.sender, receiver: $0.receiver) }
        if !reads.isEmpty { try? await store.endAnnouncements(reads) }
    }
}

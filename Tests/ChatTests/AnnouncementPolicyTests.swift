import Chat
import Encoding
import EventLoop
import Storage
import Testing

@Suite struct AnnouncementPolicyTests {
    let ana = UserID("ana")
    let budi = UserID("budi")
    let start = MonotonicTime.current()

    @Test func `a person who polled lately is not told`() {
        var policy = AnnouncementPolicy()
        policy.polled(by: budi, at: start)
        #expect(!policy.announces(Announcement(from: ana, to: budi), at: start + .seconds(19)))
        #expect(policy.announces(Announcement(from: ana, to: budi), at: start + .seconds(20)))
        #expect(policy.announces(Announcement(from: budi, to: ana), at: start))
    }

    @Test func `a held poll counts until it ends`() {
        var policy = AnnouncementPolicy()
        policy.pollIsHeld(of: budi, at: start)
        policy.pollIsHeld(of: budi, at: start)
        policy.heldPollEnded(of: budi, at: start + .seconds(10))
        #expect(!policy.announces(Announcement(from: ana, to: budi), at: start + .seconds(60)))
        policy.heldPollEnded(of: budi, at: start + .seconds(60))
        #expect(!policy.announces(Announcement(from: ana, to: budi), at: start + .seconds(79)))
        #expect(policy.announces(Announcement(from: ana, to: budi), at: start + .seconds(80)))
    }

    @Test func `other processes are told of a person's polls now and then`() {
        var policy = AnnouncementPolicy()
        policy.polled(by: budi, at: start)
        let first = policy.takeUntoldPolls(at: start + .seconds(1))
        #expect(first.map { $0.user } == [budi] && first.map { $0.age } == [.seconds(1)])
        policy.polled(by: budi, at: start + .seconds(10))
        #expect(policy.takeUntoldPolls(at: start + .seconds(15)).isEmpty)
        #expect(policy.takeUntoldPolls(at: start + .seconds(16)).map { $0.age } == [.seconds(6)])
        // A user who has not polled since is not told of again, and a held poll goes on.
        #expect(policy.takeUntoldPolls(at: start + .seconds(32)).isEmpty)
        policy.pollIsHeld(of: budi, at: start + .seconds(33))
        #expect(policy.takeUntoldPolls(at: start + .seconds(34)).map { $0.age } == [.zero])
        #expect(policy.takeUntoldPolls(at: start + .seconds(49)).map { $0.age } == [.zero])
    }

    @Test func `a conversation is announced once until it is read`() {
        var policy = AnnouncementPolicy()
        policy.announced(Announcement(from: ana, to: budi))
        #expect(!policy.announces(Announcement(from: ana, to: budi), at: start))
        #expect(policy.announces(Announcement(from: UserID("citra"), to: budi), at: start))
        policy.read(by: ana, with: budi)
        #expect(!policy.announces(Announcement(from: ana, to: budi), at: start))
        policy.read(by: budi, with: ana)
        #expect(policy.announces(Announcement(from: ana, to: budi), at: start))
    }

    @Test func `a conversation that no browser was told of is announced again`() {
        let announcement = Announcement(from: ana, to: budi)
        var policy = AnnouncementPolicy()
        policy.announced(announcement)
        policy.ended(announcement)
        #expect(policy.announces(announcement, at: start))
        #expect(!policy.isAnnounced(announcement))
        policy.announced(announcement)
        policy.reached(announcement)
        policy.ended(announcement)
        #expect(!policy.announces(announcement, at: start), "one browser was told")
        policy.read(by: budi, with: ana)
        policy.reached(announcement)
        #expect(policy.announces(announcement, at: start), "it was read meanwhile")
    }

    @Test func `people who are gone are forgotten and held polls are not`() {
        var policy = AnnouncementPolicy()
        policy.pollIsHeld(of: budi, at: start)
        for number in 0..<100 {
            policy.polled(by: UserID("\(number)"), at: start + .seconds(30 * number))
        }
        #expect(!policy.announces(Announcement(from: ana, to: budi), at: start + .seconds(9_000)))
        #expect(
            policy.announces(Announcement(from: ana, to: UserID("3")), at: start + .seconds(9_000)))
    }
}

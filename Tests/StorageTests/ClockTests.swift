import Encoding
import EventLoop
import Testing

@testable import Storage

/// A clock that was once ahead, and one that has been set back.
@Suite struct ClockTests {
    private static let future: Int64 = 2_082_758_400_000
    private static let now: Int64 = 1_800_000_000_000

    private static func newest(_ store: JSONStore) -> Int64 {
        store.pollFacts(of: UserID("ana"), in: nil)?.newestTimestamp ?? -1
    }

    @Test func `a lowered clock stays so, and messages after the later time do not raise it`()
        throws
    {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi", "citra")
            try await store.add("m1", from: "ana", to: "budi", at: Self.now - 5)
            try await store.add("m2", from: "ana", to: "budi", at: Self.future)
            #expect(Self.newest(store) == Self.future)
            let found = try await store.messages(laterThan: Self.now)
            #expect(found.count == 1 && found.listed == [MessageID("m2")])
            try await store.commit(.userChanged(.named("ana")))
            try await store.lowerClock(to: Self.now)
            #expect(Self.newest(store) == Self.now)
            // The conversation goes on later than the message of the future.
            try await store.add("m3", from: "budi", to: "ana", at: Self.future + 1)
            try await store.commit(reading: [.newestTimestamp]) { draft in
                #expect(draft.newestTimestamp == Self.now)
                return (
                    .messageAdded(
                        .sample("m4", from: "ana", to: "budi", at: Self.future + 2)), ()
                )
            }
            #expect(Self.newest(store) == Self.now)
            for reopened in [disk.afterKill(), disk.afterKill()] {
                let again = try await JSONStore.open(reopened, loop)
                #expect(Self.newest(again) == Self.now)
                #expect(
                    try await again.history("ana", "budi").map(\.timestamp) == [
                        Self.now - 5, Self.future, Self.future + 1, Self.future + 2,
                    ])
                try await again.add("m5", from: "ana", to: "citra", at: Self.now + 7)
                #expect(Self.newest(again) == Self.now + 7)
                try await again.fold()
                await again.close()
                #expect(
                    Self.newest(try await JSONStore.open(reopened.afterKill(), loop))
                        == Self.now + 7)
            }
        }
    }

    @Test func `friends are listed by what became visible last, whatever the clock showed`() throws
    {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi", "citra", "dewi")
            for friend in ["budi", "citra", "dewi"] as [ByteText] {
                try await store.commit(.befriended(UserID("ana"), UserID(friend)))
            }
            try await store.add("m1", from: "ana", to: "budi", at: 40_000)
            try await store.add("m2", from: "ana", to: "dewi", at: 50_000)
            // Here the clock is set back.
            try await store.add("m3", from: "citra", to: "ana", at: 10_000)
            func order(_ store: JSONStore) async -> [ByteText] {
                (await store.contacts(of: UserID("ana")) ?? []).map(\.username)
            }
            #expect(await order(store) == ["citra", "dewi", "budi"])
            // A message with a new content is no new message.
            try await store.commit(
                .messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:BBBB"))
            #expect(await order(store) == ["citra", "dewi", "budi"])
            #expect(
                await order(try await JSONStore.open(disk.afterKill(), loop))
                    == ["citra", "dewi", "budi"])
            try await store.add("m4", from: "ana", to: "budi", at: 40_001)
            try await store.fold()
            #expect(await order(store) == ["budi", "citra", "dewi"])
            #expect(
                await order(try await JSONStore.open(disk.afterKill(), loop))
                    == ["budi", "citra", "dewi"])
        }
    }
}

import Encoding
import EventLoop
import TestSupport
import Testing

@testable import Storage

/// Push subscriptions in the files of the store, and what the operator's commands make of them.
@Suite struct SubscriptionTests {
    private static func subscription(_ endpoint: ByteText) -> PushSubscription {
        PushSubscription(
            endpoint: endpoint, publicKey: "BA", authentication: "au", session: "5e")
    }

    /// Ana's subscription in `db.json`, and Budi's in the journal, where one of Ana's ends.
    private static func store(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi")
        try await store.commit(.subscribed(UserID("ana"), subscription("https://p/1")))
        try await store.commit(.subscribed(UserID("ana"), subscription("https://p/2")))
        try await store.fold()
        try await store.commit(.subscribed(UserID("budi"), subscription("https://p/3")))
        try await store.commit(.unsubscribed(UserID("ana"), endpoints: ["https://p/2"]))
        await store.announceDurable()
        return disk.afterKill()
    }

    private static func found(_ disk: SimulatedDisk, _ folder: String, _ loop: EventLoop)
        async throws -> [[ByteText]]
    {
        let store = try await JSONStore.open(
            folder: folder, disk: disk, loop: loop, logger: .silent)
        let lists = [
            await store.subscriptions(of: UserID("ana")),
            await store.subscriptions(of: UserID("budi")),
        ]
        await store.close()
        return lists.map { $0.map(\.endpoint) }
    }

    @Test func `subscriptions come through folds and restarts`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            for _ in 0..<3 {
                #expect(
                    try await Self.found(disk, "/data", loop) == [["https://p/1"], ["https://p/3"]])
            }
            let text = String(
                decoding: try #require(disk.content("/data/db.json")), as: UTF8.self)
            #expect(text.contains(#","subscriptions":[{"endpoint":"https://p/3","p256dh":"BA","#))
        }
    }

    @Test func `a salvage keeps subscriptions`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            _ = try StoreFolder("/data", disk: disk).salvage(to: "/new") { _ in }
            #expect(try await Self.found(disk, "/new", loop) == [["https://p/1"], ["https://p/3"]])
        }
    }

    @Test func `an accepted file keeps subscriptions`() throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            _ = try await Self.found(disk, "/data", loop)
            let file = try #require(disk.content("/data/db.json"))
            let text = String(decoding: file, as: UTF8.self)
            let edited = text.replacing(#""username":"ana""#, with: #""username":"anna""#)
            disk.setContent("/data/db.json", Array(edited.utf8))
            _ = try StoreFolder("/data", disk: disk).accept()
            #expect(
                try await Self.found(disk, "/data", loop) == [["https://p/1"], ["https://p/3"]])
        }
    }

    @Test(arguments: [
        (#""https://p/3""#, #""https://p/1""#, "endpoint"),
        (#""p256dh":"BA""#, #""p256dh":7"#, "subscriptions"),
        (#","session":"5e""#, "", "subscriptions"),
    ])
    func `an endpoint of two users and other nonsense are not accepted`(
        old: String, new: String, part: String
    ) throws {
        try onLoop { loop in
            let disk = try await Self.store(loop)
            _ = try await Self.found(disk, "/data", loop)
            let file = try #require(disk.content("/data/db.json"))
            let text = String(decoding: file, as: UTF8.self).replacing(old, with: new)
            disk.setContent("/data/db.json", Array(text.utf8))
            let fault = #expect(throws: StorageFault.self) {
                try StoreFolder("/data", disk: disk).accept()
            }
            #expect("\(fault as Any)".contains(part), "\(fault as Any)")
        }
    }

    @Test func `records of 100,000 subscriptions take as much memory as their text`() {
        let list = (0..<PushSubscriptions.perUserMax).map { number in
            Self.subscription(ByteText("https://p/" + String(repeating: "x", count: 180 + number)))
        }
        let packed = PushSubscriptions(list)
        #expect(packed.list == list && packed.count == list.count)
        #expect(MemoryLayout<PushSubscriptions>.size == 16)
    }
}

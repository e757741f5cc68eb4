import Encoding
import EventLoop
import Testing

@testable import Storage

@Suite struct RevisionTests {
    private static let names = ["ana", "budi", "citra"]
    /// A revision is the incarnation times this, and the number of a change.
    private static let incarnationSize: UInt64 = 1 << 32

    /// A store of three people, of whom two have written to each other.
    private func store(on disk: SimulatedDisk, _ loop: EventLoop) async throws -> JSONStore {
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("ana", "budi", "citra")
        try await store.commit(.befriended(UserID("ana"), UserID("budi")))
        try await store.commit(.befriended(UserID("ana"), UserID("citra")))
        try await store.add("m1", from: "ana", to: "budi", at: 1)
        try await store.add("m2", from: "budi", to: "ana", at: 2)
        return store
    }

    @Test(arguments: [false, true])
    func `they survive clean restarts, folded or not`(folds: Bool) throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            var store = try await store(on: disk, loop)
            let before = store.revisions(Self.names)
            for round in 0..<3 {
                if folds { try await store.fold() }
                await store.close()
                store = try await JSONStore.open(disk, loop)
                #expect(store.revisions(Self.names) == before, "round \(round)")
            }
            try await store.add("m3", from: "citra", to: "ana", at: 3)
            let newest = before.compactMap(\.self).max() ?? 0
            #expect(store.revision(of: UserID("citra")) == newest + 1)
        }
    }

    @Test func `a start after a crash begins a new incarnation and keeps its counters`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            var store = try await store(on: disk, loop)
            await store.close()
            store = try await JSONStore.open(disk, loop)
            let before = store.revisions(Self.names)
            let after = try await JSONStore.open(disk.afterKill(), loop).revisions(Self.names)
            for (one, other) in zip(before, after) {
                let (one, other) = (try #require(one), try #require(other))
                #expect(one / Self.incarnationSize != other / Self.incarnationSize)
                #expect(one % Self.incarnationSize == other % Self.incarnationSize)
            }
            #expect(
                before.compactMap(\.self).allSatisfy { $0 < 1 << 53 && $0 >= Self.incarnationSize })
        }
    }

    @Test(arguments: ["db.json", "journal"])
    func `a copy put back in a file's place begins a new incarnation`(name: String) throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await store(on: disk, loop)
            await store.close()
            let incarnation = (store.revision(of: UserID("ana")) ?? 0) / Self.incarnationSize
            let copied = try #require(disk.files.last { $0.contains(name) })
            disk.setContent(copied, try #require(disk.content(copied)))
            let next = try await JSONStore.open(disk, loop)
            #expect((next.revision(of: UserID("ana")) ?? 0) / Self.incarnationSize != incarnation)
        }
    }

    @Test func `a note that is not whole is not believed`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await store(on: disk, loop)
            await store.close()
            let incarnation = (store.revision(of: UserID("ana")) ?? 0) / Self.incarnationSize
            let note = try #require(disk.content("/data/lock"))
            #expect(note.count > 40)
            for cut in 0..<note.count {
                var damaged = note
                damaged[cut] ^= 1
                for content in [Array(note[..<cut]), damaged] {
                    disk.overwrite("/data/lock", content)
                    let store = try await JSONStore.open(disk.afterKill(), loop)
                    let found = (store.revision(of: UserID("ana")) ?? 0) / Self.incarnationSize
                    #expect(found != incarnation && found > 0, "byte \(cut)")
                }
            }
        }
    }

    @Test func `a rewrap moves no conversation up in the list`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            var store = try await store(on: disk, loop)
            try await store.add("m3", from: "citra", to: "ana", at: 3)
            let before = await store.contacts(of: UserID("ana"))
            #expect(before?.map(\.username) == ["citra", "budi"])
            try await store.commit(
                .messageReplaced(MessageID("m2"), from: "v1:AAAA", to: "v2:AAAA"))
            try await store.fold()
            await store.close()
            store = try await JSONStore.open(disk, loop)
            #expect(await store.contacts(of: UserID("ana")) == before)
        }
    }

    @Test func `a snapshot of the earlier format numbers its messages as they stand`() throws {
        try onLoop { loop in
            let disk = try ForgedStore.folded.disk()
            var store = try await JSONStore.open(disk, loop)
            let before = store.revisions(Self.names)
            #expect(before[0].map { $0 % Self.incarnationSize } == 3)
            await store.close()
            store = try await JSONStore.open(disk, loop)
            #expect(store.revisions(Self.names) == before)
            try await store.add("m3", from: "ana", to: "budi", at: 3000)
            try await store.fold()
            let text = try #require(disk.content("/data/db.json"))
            #expect(String(decoding: text, as: UTF8.self).contains("\"format\":2"))
        }
    }

    @Test func `revisions that do not fit the last line stop the start`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await store(on: disk, loop)
            try await store.fold()
            await store.close()
            let text = String(decoding: try #require(disk.content("/data/db.json")), as: UTF8.self)
            let edits = [
                ("\"revision\":7,\"conv", "\"revision\":70,\"conv"),
                ("\"order\":7", "\"order\":71"), ("\"with\":\"budi\"", "\"with\":\"bodo\""),
            ]
            for (from, to) in edits {
                #expect(text.contains(from))
                let edited = disk.afterKill()
                let snapshot = ForgedStore.signed(text.replacing(from, with: to))
                edited.setContent("/data/db.json", snapshot)
                await #expect(throws: StorageFault.self) { try await JSONStore.open(edited, loop) }
            }
        }
    }
}

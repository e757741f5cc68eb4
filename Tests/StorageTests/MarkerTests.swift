import Encoding
import EventLoop
import Testing
import TestSupport

@testable import Storage

/// Read markers on the disk: what they cost, and what is left of them after a crash, an edit or
/// damage.
@Suite struct MarkerTests {
    private static let journal = "/data/journal-000001"
    private static let marker = Change.messagesRead(
        by: UserID("budi"), with: UserID("ana"), upTo: 2)

    /// Two friends with three messages from Ana to Budi.
    private static func store(
        _ disk: SimulatedDisk, _ loop: EventLoop
    ) async throws -> JSONStore {
        try await .withThreeMessages(disk, loop)
    }

    private static func row(_ store: JSONStore) async throws -> ContactSummary {
        try #require(await store.contacts(of: UserID("budi"))?.first)
    }

    private static func text(_ disk: SimulatedDisk, _ path: String) -> String {
        String(decoding: disk.content(path) ?? [], as: UTF8.self)
    }

    @Test func `a marker costs no write, and one line in the next group`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            let before = (disk.count(.write), disk.count(.sync))
            for time in 1...3 as ClosedRange<Int64> {
                try await store.commit(
                    .messagesRead(by: UserID("budi"), with: UserID("ana"), upTo: time))
            }
            #expect(disk.count(.write) == before.0 && disk.count(.sync) == before.1)
            #expect(try await Self.row(store).unreadCount == 0)
            try await store.add("m4", from: "budi", to: "ana", at: 4)
            #expect(disk.count(.write) == before.0 + 1 && disk.count(.sync) == before.1 + 1)
            let lines = Self.text(disk, Self.journal).split(separator: "\n")
                .filter { $0.contains("messagesRead") }
            #expect(lines.count == 1)
            // Three users' and friends' changes, three messages, two markers that were passed by.
            #expect(
                lines.first?.hasSuffix(
                    #"{"messagesRead":["budi","ana"],"upTo":3,"change":9}"#) == true)
            let found = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await Self.row(found).readUpTo == 3)
            #expect(found.revision(of: UserID("budi")).map { $0 % 1 << 32 } == 10)
        }
    }

    @Test func `a marker that no group takes along is written without a sync`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            let syncs = disk.count(.sync)
            let length = Self.text(disk, Self.journal).utf8.count
            try await store.commit(Self.marker)
            await store.commits.writeMarkers()
            await store.commits.writeMarkers()
            #expect(disk.count(.sync) == syncs)
            let found = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await Self.row(found).unreadCount == 1)
            // A power cut leaves a torn tail of it.
            var random = SeededGenerator(seed: 1)
            let lost = try await JSONStore.open(disk.after(.allDropped, using: &random), loop)
            #expect(try await Self.row(lost).unreadCount == 3)
            // The next group does not claim that the marker was durable.
            try await store.add("m4", from: "budi", to: "ana", at: 4)
            let lines = Self.text(disk, Self.journal).dropFirst(length).split(separator: "\n")
            let groups = lines.filter { $0.contains("durable") }
            #expect(groups.count == 2)
            #expect(groups.allSatisfy { $0.hasSuffix("{\"durable\":\(length)}") })
            for _ in 0..<50 {
                let torn = disk.afterPowerCut(using: &random)
                let opened = try await JSONStore.open(torn, loop)
                #expect(try await Self.row(opened).unreadCount == 1)
            }
        }
    }

    @Test func `markers alone cause no fold, and an orderly stop keeps them`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.fold()
            try await store.commit(Self.marker)
            await store.commits.writeMarkers()
            let before = disk.count(.rename)
            async let maintained: Void = store.maintain()
            try await loop.sleep(for: .milliseconds(50))
            #expect(disk.count(.rename) == before)
            let rows = await store.contacts(of: UserID("ana"))
            await store.close()
            await maintained
            #expect(Self.text(disk, "/data/db.json").contains(#""readUpTo":2"#))
            let opened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(await opened.contacts(of: UserID("ana")) == rows)
        }
    }

    @Test func `a marker decided while a group is written comes between two groups`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 4..<40 {
                    group.addTask(executorPreference: loop) {
                        let time = Int64(number)
                        try await store.commit(
                            reading: [
                                .lastTimestamp(Conversation(UserID("ana"), UserID("budi")))
                            ]
                        ) { facts in
                            let last = facts.lastTimestamp(
                                in: Conversation(UserID("ana"), UserID("budi")))
                            return (
                                .messageAdded(
                                    .sample(
                                        "m\(time)", from: "ana", to: "budi", at: (last ?? 0) + 1)),
                                ()
                            )
                        }
                        let talk = Conversation(UserID("ana"), UserID("budi"))
                        let needs: [Fact] = [
                            .timestamp(of: talk, upTo: .max),
                            .readUpTo(by: UserID("budi"), with: UserID("ana")),
                        ]
                        try await store.commit(reading: needs) { facts in
                            let newest = facts.timestamp(of: talk, upTo: .max) ?? 0
                            let isLater =
                                newest
                                > facts.readUpTo(by: UserID("budi"), with: UserID("ana"))
                            return (
                                isLater
                                    ? .messagesRead(
                                        by: UserID("budi"), with: UserID("ana"), upTo: newest)
                                    : nil, ()
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.row(store).unreadCount == 0)
            let row = try await Self.row(store)
            await store.close()
            let opened = try await JSONStore.open(disk.afterKill(), loop)
            #expect(try await Self.row(opened) == row)
        }
    }

    @Test func `a store from before markers counts as read, and what comes then does not`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            try await Self.store(disk, loop).close()
            let text = Self.text(disk, "/data/db.json")
            let old = disk.afterKill()
            old.setContent(
                "/data/db.json", Array(text.replacing("\"markers\":true,", with: "").utf8))
            _ = try StoreFolder("/data", disk: old).accept()
            let store = try await JSONStore.open(old, loop)
            #expect(try await Self.row(store).readUpTo == 3)
            #expect(try await Self.row(store).unreadCount == 0)
            try await store.add("m4", from: "ana", to: "budi", at: 4)
            for found in [store, try await JSONStore.open(old.afterKill(), loop)] {
                #expect(try await Self.row(found).readUpTo == 3)
                #expect(try await Self.row(found).unreadCount == 1)
            }
            try await store.fold()
            #expect(Self.text(old, "/data/db.json").contains(#""markers":true"#))
            let folded = try await JSONStore.open(old.afterKill(), loop)
            #expect(try await Self.row(folded).unreadCount == 1)
        }
    }

    @Test func `a marker that does not fit is damage`() throws {
        try onLoop { loop in
            for (reader, time, change) in [
                ("budi", 2, 6), ("budi", 4, 7), ("citra", 2, 7), ("budi", 0, 7),
            ] {
                let disk = SimulatedDisk()
                _ = try await Self.store(disk, loop)
                let killed = disk.afterKill()
                var bytes = killed.content(Self.journal) ?? []
                JournalLine.append(JournalRecord.durable(Int64(bytes.count)), to: &bytes)
                let forged = Change.messagesRead(
                    by: UserID(ByteText(reader)), with: UserID("ana"), upTo: Int64(time))
                JournalLine.append(
                    JournalRecord.encode(forged, number: UInt32(change)).json, to: &bytes)
                killed.setContent(Self.journal, bytes)
                await #expect(throws: StorageFault.self, "\(reader) \(time) \(change)") {
                    try await JSONStore.open(killed, loop)
                }
            }
        }
    }

    @Test func `an edit and a salvage keep markers, and who added whom`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.commit(Self.marker)
            try await store.fold()
            try await store.commit(
                .messagesRead(by: UserID("ana"), with: UserID("budi"), upTo: 3))
            try await store.add(
                "m4", from: "ana", to: "budi", at: 4, content: "v1:A\(ForgedStore.rest)")
            let killed = disk.afterKill()
            _ = try StoreFolder("/data", disk: killed).salvage(to: "/new") { _ in }
            let salvaged = try await JSONStore.open(
                folder: "/new", disk: killed, loop: loop, logger: .silent)
            await store.close()
            let edited = disk.afterKill()
            let text = Self.text(edited, "/data/db.json")
            edited.setContent("/data/db.json", Array(text.replacing("\":", with: "\": ").utf8))
            let layout = edited.afterKill()
            _ = try StoreFolder("/data", disk: edited).accept()
            _ = try StoreFolder("/data", disk: layout).salvage(to: "/new") { _ in }
            let others = [
                try await JSONStore.open(edited, loop),
                try await JSONStore.open(
                    folder: "/new", disk: layout, loop: loop, logger: .silent),
            ]
            for found in [salvaged] + others {
                let row = try await Self.row(found)
                #expect(row.readUpTo == 2 && row.friendReadUpTo == 3 && row.unreadCount == 2)
                #expect(row.addedAt == 77 && row.addedBy == UserID("ana"))
            }
        }
    }

    @Test func `a row that no longer fits is lowered to the messages that are left`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await Self.store(disk, loop)
            try await store.commit(Self.marker)
            await store.close()
            let text = Self.text(disk, "/data/db.json")
            for (stated, expected) in [(9, 3), (0, 0), (1, 1)] {
                let edited = disk.afterKill()
                edited.setContent(
                    "/data/db.json",
                    Array(
                        text.replacing("\"readUpTo\":2", with: "\"readUpTo\":\(stated)").utf8))
                _ = try StoreFolder("/data", disk: edited).accept()
                let opened = try await JSONStore.open(edited, loop)
                #expect(try await Self.row(opened).readUpTo == expected)
                #expect(try await Self.row(opened).unreadCount == 3 - expected)
            }
            let wrong = disk.afterKill()
            wrong.setContent(
                "/data/db.json",
                Array(text.replacing("\"readUpTo\":2", with: "\"readUpTo\":-2").utf8))
            #expect(throws: StorageFault.self) {
                try StoreFolder("/data", disk: wrong).accept()
            }
        }
    }
}

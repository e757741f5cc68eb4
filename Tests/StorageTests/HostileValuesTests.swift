import Encoding
import Testing

@testable import Storage

/// Values that no program of ours has written, in files whose checksums are right: each is refused
/// by name, or taken with a stated meaning. None ends the process.
@Suite struct HostileValuesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let old: String
        let new: String
        /// Whether a start takes it; what is acknowledged must not be lost.
        let opens: Bool
        /// Whether `accept` signs it.
        let isAccepted: Bool
        /// Whether another message may follow.
        var takesMore = true

        init(
            _ old: String, _ new: String, opens: Bool, accepted: Bool, takesMore: Bool = true
        ) {
            (self.old, self.new, self.opens) = (old, new, opens)
            (isAccepted, self.takesMore) = (accepted, takesMore)
        }

        var testDescription: String { "\(old) → \(new.prefix(60))" }
    }

    static let inSnapshot: [Case] = [
        // Times.
        Case("2000}", "9223372036854775807}", opens: true, accepted: false, takesMore: false),
        Case("2000}", "9007199254740992}", opens: true, accepted: false, takesMore: false),
        Case("2000}", "9007199254740991}", opens: true, accepted: true, takesMore: false),
        Case("2000}", "9007199254740990}", opens: true, accepted: true),
        Case("1000}", "0}", opens: true, accepted: true),
        Case("1000}", "-0}", opens: true, accepted: true),
        Case("1000}", "-1}", opens: true, accepted: false),
        Case("1000}", "-9223372036854775808}", opens: true, accepted: false),
        Case("2000}", "9223372036854775808}", opens: false, accepted: false),
        Case("2000}", "1e400}", opens: false, accepted: false),
        Case("2000}", "2e3}", opens: false, accepted: false),
        Case("\"newest\":2000", "\"newest\":9223372036854775807", opens: true, accepted: true),
        Case("\"newest\":2000", "\"newest\":-9223372036854775808", opens: true, accepted: true),
        Case("\"newest\":2000", "\"newest\":9007199254740991", opens: true, accepted: true),
        // Times of deletions.
        Case(
            "\"deletedAt\":600", "\"deletedAt\":9223372036854775807", opens: true, accepted: false,
            takesMore: false),
        Case("\"deletedAt\":600", "\"deletedAt\":-9", opens: true, accepted: false),
        Case("\"deletedAt\":600", "\"deletedAt\":9007199254740990", opens: true, accepted: true),
        Case("\"deleted\":true,", "\"deleted\":1,", opens: false, accepted: false),
        // Sessions.
        Case("\"epoch\":0", "\"epoch\":-9223372036854775808", opens: true, accepted: false),
        Case("\"epoch\":0", "\"epoch\":9223372036854775807", opens: true, accepted: false),
        Case("\"epoch\":0", "\"epoch\":-9007199254740991", opens: true, accepted: true),
        Case("\"epoch\":0", "\"epoch\":1e300", opens: false, accepted: false),
        // Counts, of which `accept` makes new ones.
        Case("\"chats\":3", "\"chats\":-9223372036854775808", opens: false, accepted: true),
        Case("\"users\":3", "\"users\":9223372036854775807", opens: false, accepted: true),
        // The journal's first segment, which is number 2.
        Case("\"segment\":2,\"users\"", "\"segment\":0,\"users\"", opens: false, accepted: false),
        Case(
            "\"segment\":2,\"users\"", "\"segment\":-9223372036854775808,\"users\"", opens: false,
            accepted: false),
        Case(
            "\"segment\":2,\"users\"", "\"segment\":9223372036854775807,\"users\"", opens: false,
            accepted: false),
        Case("\"store\":\"0", "\"store\":\"" + long(65), opens: false, accepted: false),
        // Keys.
        Case("\"1\":\"f1\"", "\"9223372036854775807\":\"f1\"", opens: true, accepted: true),
        Case("\"1\":\"f1\"", "\"-9223372036854775808\":\"f1\"", opens: true, accepted: false),
        Case("\"1\":\"f1\"", "\"1\":\"f1\",\"01\":\"f2\"", opens: true, accepted: false),
        // Records too long to be addressed.
        Case("v1:B", long(1 << 24), opens: false, accepted: false),
        Case("v1:B", long(1 << 24 - 400), opens: true, accepted: false),
        Case("v1:B", "v1:" + long(1 << 24 - 403), opens: true, accepted: true),
        // Ids and people.
        Case("\"m2\"", "\"\"", opens: true, accepted: true),
        Case("\"citra\"", "\"\"", opens: true, accepted: true),
        Case("\"m2\"", "\"\\u0000\\uDBFF\\uDFFF\\uFEFF\\u202E\"", opens: true, accepted: true),
        Case("\"m2\"", "\"\\uD800\"", opens: false, accepted: false),
        Case("\"contacts\":[]", "\"contacts\":[\"citra\"]", opens: true, accepted: true),
        Case("[\"budi\"]", "[\"budi\",\"budi\"]", opens: true, accepted: false),
        Case(
            "\"m2\",\"senderId\":\"budi\"", "\"m2\",\"senderId\":\"ana\"", opens: true,
            accepted: true),
        Case(
            "\"m2\",\"senderId\":\"budi\",\"receiverId\":\"ana\"",
            "\"m2\",\"senderId\":\"ana\",\"receiverId\":\"ana\"", opens: true, accepted: true),
    ]

    private static func long(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test(arguments: inSnapshot)
    func `a start takes the value, or names the file and the place`(hostile: Case) throws {
        try onLoop { loop in
            let forged = ForgedStore.folded.replacing(hostile.old, with: hostile.new)
            var exercise = Exercise(loop)
            try await exercise.run(try forged.disk())
            for step in ["verify", "backup stopped", "open"] {
                #expect(exercise.did(step) == hostile.opens, "\(step): \(exercise.faults)")
            }
            guard hostile.opens else {
                guard exercise.faults["open"]?.damagedFile == "/data/db.json" else {
                    Issue.record("\(exercise.faults)")
                    return
                }
                return
            }
            for step in ["history", "friends", "rewrap", "sign out", "fold", "backup", "delete"] {
                #expect(exercise.did(step), "\(step): \(exercise.faults)")
            }
            #expect(exercise.did("send") == hostile.takesMore, "\(exercise.faults)")
            let isExhausted = !hostile.takesMore && !hostile.old.contains("deletedAt")
            #expect(exercise.exhaustedCount == (isExhausted ? 1 : 0))
        }
    }

    @Test(arguments: inSnapshot)
    func `accept signs what a start takes, and refuses the rest with a reason`(
        hostile: Case
    ) throws {
        try onLoop { loop in
            let disk = try ForgedStore.folded.replacing(hostile.old, with: hostile.new).disk()
            let before = disk.content(ForgedStore.snapshotPath)
            var exercise = Exercise(loop)
            try await exercise.accept(disk)
            #expect(exercise.did("accept") == hostile.isAccepted, "\(exercise.faults)")
            if hostile.isAccepted { return }
            guard case .refused(let why)? = exercise.faults["accept"] else {
                if case .damaged? = exercise.faults["accept"] { return }
                Issue.record("\(exercise.faults)")
                return
            }
            #expect(!why.isEmpty)
            if !hostile.opens { #expect(disk.content(ForgedStore.snapshotPath) == before) }
        }
    }

    @Test func `a refused row is named with its place, its id and the limit`() throws {
        let disk = try ForgedStore.folded.replacing("2000}", with: "9223372036854775807}").disk()
        let error = #expect(throws: StorageFault.self) {
            try StoreFolder("/data", disk: disk).accept()
        }
        guard case .refused(let why)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        for part in ["chat 2 (m2)", "9223372036854775807", "9007199254740991"] {
            #expect(why.contains(part), "\(why)")
        }
    }

    @Test func `a time beyond the last is not taken for the present`() throws {
        try onLoop { loop in
            let forged = ForgedStore.folded.replacing("2000}", with: "9223372036854775807}")
                .replacing("\"newest\":2000", with: "\"newest\":9223372036854775807")
            let disk = try forged.disk()
            let store = try await JSONStore.open(disk, loop)
            #expect(store.newestTimestamp == 1000)
            try await store.addUsers("eka")
            await store.close()
            let text = String(decoding: disk.content(ForgedStore.snapshotPath) ?? [], as: UTF8.self)
            #expect(text.contains(#""newest":1000,"#) && text.contains("9223372036854775807}"))
            // Put right, it is a store like any other.
            let mended = text.replacing("9223372036854775807}", with: "2000}")
            disk.setContent(ForgedStore.snapshotPath, Array(mended.utf8))
            let report = try StoreFolder("/data", disk: disk).accept()
            #expect(report.messages == 3 && report.exhausted == [])
            let again = try await JSONStore.open(disk, loop)
            try await again.add("m9", from: "ana", to: "budi", at: 2001)
            await again.close()
        }
    }

    @Test func `a contact named twice is gone with the one it names`() throws {
        try onLoop { loop in
            let disk = try ForgedStore.folded.replacing("[\"budi\"]", with: "[\"budi\",\"budi\"]")
                .disk()
            let store = try await JSONStore.open(disk, loop)
            try await store.commit(.userRemoved(UserID("budi")))
            await store.close()
            #expect(try StoreFolder("/data", disk: disk).verify().users == 2)
        }
    }

    @Test func `a record that could not be read again is not written`() async throws {
        let disk = SimulatedDisk()
        try disk.makeFolder("/data")
        var user = User.named("ana")
        user.username = ByteText(Self.long(SnapshotFormat.recordBytesMax))
        let message = StoredMessage.sample(
            "m", from: "ana", to: "ana", at: 1, content: Self.long(MessageRecord.bytesMax))
        let wholes: [([User], [StoredMessage], String)] = [
            ([user], [], "user ana is longer than 32 MiB"),
            ([User.named("ana")], [message], "message m is longer than 16 MiB"),
        ]
        for (users, messages, why) in wholes {
            await #expect(throws: StorageFault.refused(why)) {
                try await StoreFolder("/data", disk: disk).create(
                    users: users, messages: messages, keys: [:])
            }
        }
        #expect(disk.files == ["/data/lock"])
    }

    @Test func `the last segment there can be takes changes and is not folded`() throws {
        try onLoop { loop in
            let last = "9007199254740991"
            var forged = ForgedStore.sample.replacing("\"segment\":2", with: "\"segment\":\(last)")
            forged.segment = Folder.segmentNumberMax
            let disk = try forged.disk()
            let store = try await JSONStore.open(disk, loop)
            await #expect(throws: StorageFault.self) { try await store.fold() }
            #expect(await store.state == .open)
            try await store.add("m9", from: "ana", to: "budi", at: 9000)
            await store.close()
            let again = try await JSONStore.open(disk, loop)
            #expect(try await again.history("ana", "budi").last?.timestamp == 9000)
            await again.close()
        }
    }
}

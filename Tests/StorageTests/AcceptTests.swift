import Encoding
import EventLoop
import Testing

@testable import Storage

/// An edited `db.json` is signed only where every record is one that the store could have written;
/// a refusal says which record is not.
@Suite struct AcceptTests {
    private static func edited(_ text: String) throws -> SimulatedDisk {
        let disk = try ForgedStore.folded.disk()
        disk.setContent(ForgedStore.snapshotPath, Array(text.utf8))
        return disk
    }

    private static var sound: String {
        get throws {
            let disk = try ForgedStore.folded.disk()
            return String(
                decoding: try #require(disk.content(ForgedStore.snapshotPath)), as: UTF8.self)
        }
    }

    @Test(arguments: [
        ("v1:B\(ForgedStore.rest)", "rahasia", ["chat 2 (m2)", "content"]),
        ("v1:B\(ForgedStore.rest)", "v1:rahasia", ["chat 2 (m2)", "content"]),
        ("v1:B\(ForgedStore.rest)", "B\(ForgedStore.rest)", ["chat 2 (m2)", "content"]),
        (",\"contacts\":[]", ",\"note\":\"x\",\"contacts\":[]", ["user 3 (citra)", "\"note\""]),
        ("\"timestamp\":2000", "\"timestamp\":2000,\"text\":\"x\"", ["chat 2 (m2)", "\"text\""]),
        ("\"timestamp\":2000", "\"timestamp\":-2000", ["chat 2 (m2)", "-2000"]),
        ("\"timestamp\":2000", "\"timestamp\":9000", ["chat 2 (m2)", "9000", "--future"]),
        ("\"timestamp\":2000", "\"timestamp\":1000", ["chat 2 (m2)", "chat 1"]),
        ("\"timestamp\":2000", "\"timestamp\":2000,\"replyTo\":1", ["chat 2 (m2)", "replyTo"]),
        (
            "\"timestamp\":2000", "\"timestamp\":2000,\"deleted\":true,\"deletedAt\":2001",
            ["chat 2 (m2)", "deleted"]
        ),
        ("\"deletedAt\":600", "\"deletedAt\":500", ["chat 3 (m0)", "deletedAt"]),
        ("\"deletedAt\":600", "\"deletedAt\":9000", ["chat 3 (m0)", "9000", "--future"]),
        (",\"deletedAt\":600", "", ["chat 3 (m0)", "deletedAt"]),
        ("\"deleted\":true,", "\"deleted\":false,", ["chat 3 (m0)", "deleted"]),
        ("\"id\":\"m2\"", "\"id\":\"m1\"", ["chat 2 (m1)", "chat 1"]),
        ("\"senderId\":\"budi\"", "\"senderId\":\"eka\"", ["chat 2 (m2)", "eka"]),
        ("\"id\":\"citra\"", "\"id\":\"budi\"", ["user 3 (budi)", "user 2"]),
        ("\"username\":\"citra\"", "\"username\":\"budi\"", ["user 3 (citra)", "user 2 (budi)"]),
        ("\"contacts\":[]", "\"contacts\":[\"eka\"]", ["user 3 (citra)", "eka"]),
        ("\"contacts\":[]", "\"contacts\":[\"ana\"]", ["user 3 (citra)", "ana"]),
        ("], \"chats\"", "], \"messages\":[], \"chats\"", ["\"messages\""]),
        ("\"keys\":{", "\"note\":1,\"keys\":{", ["\"note\"", "meta"]),
    ])
    func `what the store could not have written is refused by name`(
        old: String, new: String, parts: [String]
    ) throws {
        let text = try Self.sound.replacing(old, with: new)
        let disk = try Self.edited(text)
        let fault = #expect(throws: StorageFault.self) {
            try StoreFolder("/data", disk: disk).accept(latest: 5000)
        }
        for part in parts { #expect("\(fault as Any)".contains(part), "\(fault as Any)") }
        #expect(disk.content(ForgedStore.snapshotPath) == Array(text.utf8))
        #expect(disk.content("/data/db.json.tmp") == nil)
    }

    @Test func `a password that is no hash is refused by name`() throws {
        let hash = User.hash(of: "p").string
        let text = try Self.sound.replacing(hash, with: "rahasia", maxReplacements: 1)
        let disk = try Self.edited(text)
        let fault = #expect(throws: StorageFault.self) {
            try StoreFolder("/data", disk: disk).accept()
        }
        #expect("\(fault as Any)".contains("user 1 (ana)"), "\(fault as Any)")
    }

    @Test func `a byte-order mark is ignored and told`() throws {
        let disk = try Self.edited("\u{FEFF}" + (try Self.sound))
        #expect(throws: StorageFault.self) {
            try StoreFolder("/data", disk: disk).verify()
        }
        let report = try StoreFolder("/data", disk: disk).accept()
        #expect(report.notices.count == 1 && report.notices[0].contains("byte-order mark"))
        #expect(try StoreFolder("/data", disk: disk).verify().messages == 3)
    }

    @Test func `a time that has not come is told, with the way out`() throws {
        let text = try Self.sound.replacing("\"newest\":2000", with: "\"newest\":9000")
        let report = try StoreFolder("/data", disk: try Self.edited(text)).accept(latest: 5000)
        #expect(report.notices.contains { $0.contains("store clock-reset") })
        let unchanged = try StoreFolder("/data", disk: try Self.edited(try Self.sound)).accept(
            latest: 5000)
        #expect(unchanged.notices.isEmpty)
    }

    @Test func `a store without meta is never the earlier system's, and is signed anew`() throws {
        for withJournal in [true, false] {
            let text = try Self.sound
            let meta = try #require(text.firstRange(of: ",\n\"meta\""))
            let disk = try Self.edited(text[..<meta.lowerBound] + "}")
            if !withJournal { disk.remove("/data/journal-000002") }
            let fault = #expect(throws: StorageFault.self) {
                try StoreFolder("/data", disk: disk).verify()
            }
            guard case .edited? = fault else {
                Issue.record("\(fault as Any)")
                return
            }
            let report = try StoreFolder("/data", disk: disk).accept()
            #expect(report.notices.contains { $0.contains("meta") })
            #expect(try StoreFolder("/data", disk: disk).verify().messages == 3)
        }
    }

    @Test(arguments: [
        #"{"users":[{"id":"a","epoch":0}],"chats":[]}"#,
        #"{"users":[{"id":"a"}],"messages":[{"content":"v1:A"# + ForgedStore.rest + #""}]}"#,
    ])
    func `epochs and sealed contents are never an earlier system's`(text: String) throws {
        let disk = SimulatedDisk()
        try disk.makeFolder("/data")
        disk.setContent("/data/db.json", Array(text.utf8))
        for _ in 0..<2 {
            let fault = #expect(throws: StorageFault.self) {
                try StoreFolder("/data", disk: disk).verify()
            }
            #expect(fault?.damagedFile == "/data/db.json", "\(fault as Any)")
        }
    }

    @Test func `what people could read in a store is told by verify`() throws {
        let disk = try ForgedStore.folded.replacing("v1:B\(ForgedStore.rest)", with: "rahasia")
            .disk()
        let report = try StoreFolder("/data", disk: disk).verify()
        #expect(report.readable.messages == ["m2"] && report.readable.userCount == 0)
    }
}

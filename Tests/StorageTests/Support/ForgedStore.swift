import Encoding
import Testing

@testable import Storage

/// A small store whose files are text. A test changes the text and signs it again, so every
/// checksum fits records that our programs never write.
struct ForgedStore: Sendable {
    static let snapshotPath = "/data/db.json"

    /// `db.json` up to its checksum.
    var snapshot: String
    /// The JSON of each line of the one segment of the journal.
    var lines: [String]
    var segment = 2

    private static let hash = User.hash(of: "p")
    /// The rest of a content, which gives it the form of ciphertext.
    static let rest = String(repeating: "A", count: 55)
    private static let r = rest  // Short, for the lines below.

    /// Three people, of whom two talk, and a change of each kind in the journal.
    static let sample = ForgedStore(
        snapshot: """
            {"users": [
            {"id":"ana","username":"ana","password":"\(hash)","contacts":["budi"],"epoch":0},
            {"id":"budi","username":"budi","password":"\(hash)","contacts":["ana"],"epoch":7},
            {"id":"citra","username":"citra","password":"\(hash)","contacts":[],"epoch":3}
            ], "chats": [
            {"id":"m1","senderId":"ana","receiverId":"budi","content":"v1:A\(r)","timestamp":1000},
            {"id":"m2","senderId":"budi","receiverId":"ana","content":"v1:B\(r)","timestamp":2000},
            {"id":"m0","senderId":"budi","receiverId":"ana","content":"","timestamp":500,\
            "deleted":true,"deletedAt":600}
            ],
            "meta": {"format":1,"store":"00000000000000aa","segment":2,"users":3,"chats":3,\
            "newest":2000,"keys":{"1":"f1"},"checksum":"
            """,
        lines: [
            #"{"segment":2,"store":"00000000000000aa","after":63}"#,
            #"{"durable":0}"#,
            Self.message("messageAdded", "m3", "v1:C" + rest, 3000),
            Self.message("messageAdded", "m4", "v1:D" + rest, 4000),
            #"{"userChanged":{"id":"citra","username":"citra","password":"\#(hash)","epoch":4}}"#,
            #"{"keySeen":{"version":2,"fingerprint":"f2"}}"#,
            #"{"durable":0}"#,
            Self.message("messageReplaced", "m3", "v2:C" + rest, 3000),
            #"{"messageRemoved":{"id":"m4","senderId":"ana","receiverId":"budi","#
                + #""timestamp":4000}}"#,
            Self.message("messageAdded", "m5", "v1:E" + rest, 5000, replyTo: "m3"),
            Self.deletion("m5", 5000, at: 6000),
            #"{"befriended":["ana","citra"]}"#,
            #"{"userAdded":{"id":"dewi","username":"dewi","password":"\#(hash)","contacts":[],"#
                + #""epoch":5}}"#,
            #"{"userRemoved":"dewi"}"#,
            #"{"durable":0}"#,
        ])

    /// As the sample, with all of it in `db.json`: such a store may be accepted.
    static var folded: ForgedStore {
        var store = sample
        store.lines = Array(store.lines.prefix(1))
        return store
    }

    private static func deletion(_ id: String, _ timestamp: Int64, at time: Int64) -> String {
        let message = StoredMessage.sample(id, from: "ana", to: "budi", at: timestamp)
        let record = MessageRecord.json(message.tombstone(at: time))
        return "{\"messageDeleted\":\(String(decoding: record, as: UTF8.self))}"
    }

    private static func message(
        _ change: String, _ id: String, _ content: String, _ timestamp: Int64,
        replyTo: String? = nil
    ) -> String {
        let record = MessageRecord.json(
            .sample(
                id, from: "ana", to: "budi", at: timestamp, content: content, replyTo: replyTo))
        return "{\"\(change)\":\(String(decoding: record, as: UTF8.self))}"
    }

    /// On a disk of its own. Offsets that groups announce become the right ones, where they are 0.
    func disk() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        try disk.makeFolder("/data")
        disk.setContent(Self.snapshotPath, signedSnapshot)
        disk.setContent("/data/\(Folder.segmentName(segment))", signedJournal)
        return disk
    }

    private var signedSnapshot: [UInt8] { Self.signed(snapshot) }

    /// A `db.json` with the right checksum in place of the one it states, if any.
    static func signed(_ snapshot: String) -> [UInt8] {
        let name = "\"checksum\":\""
        let parts = snapshot.split(separator: name, maxSplits: 1, omittingEmptySubsequences: false)
        let text = Array((parts[0] + name).utf8)
        return text + ChecksumText.digits(of: CRC32C.checksum(text.span))
            + SnapshotMeta.textAfterChecksum
    }

    private var signedJournal: [UInt8] {
        var bytes: [UInt8] = []
        for line in lines {
            let json = line == #"{"durable":0}"# ? "{\"durable\":\(bytes.count)}" : line
            JournalLine.append(Array(json.utf8), to: &bytes)
        }
        return bytes
    }

    /// With one text in the place of another, which stands there once or more.
    func replacing(_ old: String, with new: String) -> ForgedStore {
        var store = self
        store.snapshot = snapshot.replacing(old, with: new)
        store.lines = lines.map { $0.replacing(old, with: new) }
        return store
    }
}

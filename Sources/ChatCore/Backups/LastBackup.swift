import Encoding
import EventLoop
import Program

/// The facts of the newest backup. They outlive the process in a small file beside the session
/// key, because a data folder holds nothing but the store.
struct BackupNote: Sendable, Equatable {
    /// When the copy was whole, in milliseconds since 1970.
    let at: Int64
    let destination: ByteText
    let bytes: Int64
    /// When Cipher had opened every content of it, or nil.
    var checkedAt: Int64?
    /// When a check of it had failed, or nil.
    var failedAt: Int64?

    /// Whether Cipher opened all of it, or nil if that was not tried.
    var isGood: Bool? { checkedAt != nil ? true : failedAt != nil ? false : nil }

    init(at: Int64, destination: ByteText, bytes: Int64) {
        self.at = at
        self.destination = destination
        self.bytes = bytes
    }

    /// Reads what `json` writes. Nil for anything else.
    init?(_ json: Span<UInt8>) {
        guard let object = try? JSONValue.parse(json).object, let at = object["at"]?.integer,
            let destination = object["destination"]?.text, let bytes = object["bytes"]?.integer
        else { return nil }
        self.init(at: at, destination: destination, bytes: bytes)
        checkedAt = object["checkedAt"]?.integer
        failedAt = object["failedAt"]?.integer
    }

    var json: [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.beginObject()
        writer.field("at", at)
        writer.field("destination", destination)
        writer.field("bytes", bytes)
        if let checkedAt { writer.field("checkedAt", checkedAt) }
        if let failedAt { writer.field("failedAt", failedAt) }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

/// The newest backup that this server knows of, kept in the file `last-backup`.
final class LastBackup: Sendable {
    private final class State {
        var note: BackupNote?
    }

    private let file: PrivateFile
    private let state: LoopBound<State>

    /// - Parameter secret: A private file of the server. The note lies beside it.
    init(beside secret: String, loop: EventLoop) {
        let path = PrivateFolder.holding(secret) + "/last-backup"
        let file = PrivateFile(path: path, bytesMax: 64 << 10) { _ in
            StartFailure("\(path) cannot be read or written")
        }
        let state = State()
        // A note that cannot be read is none: the next backup writes another.
        state.note = (try? file.read { bytes throws(StartFailure) in BackupNote(bytes) }) ?? nil
        self.file = file
        self.state = LoopBound(state, to: loop)
    }

    /// The newest backup, or nil if none is known. Call it on the loop.
    var note: BackupNote? { state.value.note }

    /// Notes a backup that is whole. It blocks for one small write to the disk.
    func record(_ note: BackupNote) throws(StartFailure) {
        state.value.note = note
        try file.change(decode: { _ throws(StartFailure) in }) { _ throws(StartFailure) in
            note.json
        }
    }

    /// Notes whether Cipher opened all contents of a backup. Another one than the newest is
    /// ignored.
    func noteCheck(
        of destination: ByteText, isGood: Bool, at time: Int64
    ) throws(StartFailure) {
        guard var known = note, known.destination == destination else { return }
        known.checkedAt = isGood ? time : nil
        known.failedAt = isGood ? nil : time
        try record(known)
    }
}

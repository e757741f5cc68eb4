internal import Encoding
internal import Storage

/// A row of `photos`.
struct PhotoRow: Sendable {
    /// The column `state`, which is the place in this list.
    enum State: Int64, CaseIterable {
        /// No message names it yet.
        case unnamed
        case named
        /// Its message or one of its people is gone. A sweep removes it.
        case removed
    }

    let header: PhotoHeader
    /// Names the chunks that the photo shows.
    let upload: ByteText
    var state: State

    /// Returns nil if it is none that this program wrote.
    init?(_ row: Row) {
        guard let id = PhotoID(row.text(0)),
            let state = State.allCases.first(where: { $0.rawValue == row.number(9) })
        else { return nil }
        upload = row.text(1)
        self.state = state
        header = PhotoHeader(
            id: id, sender: UserID(row.textIfAny(3) ?? row.text(2)),
            receiver: UserID(row.textIfAny(5) ?? row.text(4)), type: row.text(6),
            bytes: Int(row.number(7)), uploadedAt: row.number(8))
    }

    /// Whether the photo may become that of a new message.
    func mayBeNamed(by message: StoredMessage) -> Bool {
        state == .unnamed && isOf(message.senderId, message.receiverId)
    }

    func isOf(_ sender: UserID, _ receiver: UserID) -> Bool {
        header.sender == sender && header.receiver == receiver
    }

    /// Returns the statement by which messages name photos, or lose them.
    static func setting(_ state: State, of ids: [PhotoID]) -> Statement {
        Statement(
            "set_photos", "UPDATE photos SET state = $2::bigint WHERE id = ANY($1::bytea[])",
            [.texts(ids.map(\.text)), .number(state.rawValue)])
    }

    static func reading(_ id: PhotoID) -> Statement {
        Statement(
            "read_photo", "SELECT \(Columns.photo) FROM photos p WHERE p.id = $1::bytea",
            [.text(id.text)])
    }
}

extension PhotoRow {
    /// Returns the statement that adds a photo, or replaces one of the same people that no message
    /// names.
    ///
    /// - Parameter condition: May name the upload as `$2::bytea`.
    static func adding(
        _ header: PhotoHeader, of upload: ByteText, charge: Int, state: State,
        where condition: String
    ) -> Statement {
        let (sender, receiver) = (header.sender, header.receiver)
        return Statement(
            "add_photo",
            """
            INSERT INTO photos (id, upload, sender, sender_spelling, receiver, \
            receiver_spelling, type, bytes, charge, uploaded_at, stored_at, state) \
            SELECT $1::bytea, $2::bytea, $3::bytea, $4::bytea, $5::bytea, $6::bytea, \
            $7::bytea, $8::bigint, $9::bigint, $10::bigint, \(PostgresStore.now), $11::bigint \
            WHERE \(condition) ON CONFLICT (id) DO UPDATE SET upload = excluded.upload, \
            type = excluded.type, bytes = excluded.bytes, charge = excluded.charge, \
            uploaded_at = excluded.uploaded_at, stored_at = excluded.stored_at, \
            state = excluded.state WHERE photos.state <> 1 AND photos.sender = excluded.sender \
            AND photos.receiver = excluded.receiver
            """,
            [
                .text(header.id.text), .text(upload), .text(sender.key),
                .text(sender.text.spelling(ofKey: sender.key)), .text(receiver.key),
                .text(receiver.text.spelling(ofKey: receiver.key)), .text(header.type),
                .number(header.bytes), .number(charge), .number(header.uploadedAt),
                .number(state.rawValue),
            ])
    }
}

/// The rows of `photo_space`: what a sender's photos take, and what all of them do.
enum PhotoSpace {
    /// Locks both rows, so that sums and what they count change together.
    static func lock(of sender: ByteText) -> Statement {
        Statement(
            "lock_photo_space",
            """
            SELECT owner, bytes FROM photo_space WHERE owner IN ('', $1::bytea) \
            ORDER BY owner FOR UPDATE
            """, [.text(sender)])
    }

    /// Locks the sender's row alone, for changes that leave the sums as they are. The photos of a
    /// sender change one after the other.
    static func lockOwn(of sender: ByteText) -> Statement {
        Statement(
            "lock_own_space", "SELECT 1 FROM photo_space WHERE owner = $1::bytea FOR UPDATE",
            [.text(sender)])
    }
}

internal import Encoding
internal import Storage
import Synchronization

/// An upload into the database. Its row in `photo_uploads` reserves its space, and tells others
/// that its chunks belong to no photo yet.
final class PostgresUpload: PhotoUpload {
    private struct State {
        var header: PhotoHeader?
        var next = 0
    }

    private let photos: PostgresPhotos
    private let sender: UserID
    let charge: Int
    /// The chunks that the photo shows, where they are only written anew.
    private let replaced: ByteText?
    /// Names the chunks.
    let name = PostgresUpload.newName()
    private let state = Mutex(State())

    init(
        _ photos: PostgresPhotos, sender: UserID, charge: Int, replacing replaced: ByteText? = nil
    ) {
        self.photos = photos
        self.sender = sender
        self.charge = charge
        self.replaced = replaced
    }

    // MARK: The beginning

    static func newName() -> ByteText {
        ByteText(Hex.encode((0..<16).map { _ in UInt8.random(in: 0...255) }))
    }

    /// Notes an upload without a look at the limits.
    static func noting(_ name: ByteText, by sender: UserID, charge: Int) -> Statement {
        Statement(
            "note_upload",
            """
            INSERT INTO photo_uploads (upload, sender, charge, begun_at) \
            VALUES ($1::bytea, $2::bytea, $3::bigint, \(PostgresStore.now)) \
            ON CONFLICT (upload) DO NOTHING
            """, [.text(name), .text(sender.key), .number(charge)])
    }

    /// Returns the statements that note the upload where it is within the limits. The third reads
    /// what is taken, and the fourth returns a row where the upload is noted.
    func reserving(within limits: PhotoLimits) -> [Statement] {
        let owner = Parameter.text(sender.key)
        return [
            .begin,
            Statement(
                "make_photo_space",
                """
                INSERT INTO photo_space (owner, bytes) VALUES ('', 0), ($1::bytea, 0) \
                ON CONFLICT (owner) DO NOTHING
                """, [owner]),
            PhotoSpace.lock(of: sender.key),
            Statement(
                "reserve_photo",
                """
                INSERT INTO photo_uploads (upload, sender, charge, begun_at) \
                SELECT $1::bytea, $2::bytea, $3::bigint, \(PostgresStore.now) WHERE \
                (SELECT bytes FROM photo_space WHERE owner = '') + $3::bigint <= $4::bigint AND \
                (SELECT bytes FROM photo_space WHERE owner = $2::bytea) + $3::bigint \
                <= $5::bigint RETURNING 1
                """,
                [
                    .text(name), owner, .number(charge), .number(limits.bytesMax),
                    .number(limits.userBytesMax),
                ]),
            Statement(
                "take_photo_space",
                """
                UPDATE photo_space SET bytes = bytes + $2::bigint \
                WHERE owner IN ('', $1::bytea) \
                AND EXISTS (SELECT 1 FROM photo_uploads WHERE upload = $3::bytea)
                """, [owner, .number(charge), .text(name)]), .commit,
        ]
    }

    func start(_ header: PhotoHeader) async throws(StorageFault) {
        state.withLock { $0.header = header }
    }

    // MARK: Chunks

    func append(_ sealed: [UInt8]) async throws(StorageFault) {
        let number = state.withLock { state in
            state.next += 1
            return state.next - 1
        }
        let rows = try await photos.pool.run([Self.adding(sealed, number, to: name)])
        // A sweep took the upload for one that nobody ends.
        if rows[0].count == 0 { throw .busy }
    }

    /// Returns the statement that adds a chunk to an upload that is still there, and returns a row.
    static func adding(_ sealed: [UInt8], _ number: Int, to upload: ByteText) -> Statement {
        Statement(
            "add_photo_chunk",
            """
            INSERT INTO photo_chunks (upload, number, content) \
            SELECT upload, $2::bigint, $3::bytea FROM photo_uploads WHERE upload = $1::bytea \
            FOR UPDATE ON CONFLICT (upload, number) DO UPDATE SET content = excluded.content \
            RETURNING 1
            """, [.text(upload), .number(number), .bytes(sealed)])
    }

    // MARK: The end

    func finish() async throws {
        guard let header = state.withLock({ $0.header }) else {
            preconditionFailure("the upload was started")
        }
        precondition(state.withLock { $0.next } == header.chunkCount, "all chunks are written")
        let rows = try await photos.pool.run(
            [.begin, PhotoSpace.lockOwn(of: sender.key), locking(header.id), giveUp(header)]
                + [replaced == nil ? show(header) : swap(header.id), forget(header.id)]
                + [shows(header.id), .commit])
        guard rows[6].count == 1 else {
            throw replaced == nil ? PhotoFault.taken : PhotoFault.unknown
        }
        // The photo that it replaced goes.
        if rows[2].count == 1 { await photos.wake() }
    }

    private func locking(_ id: PhotoID) -> Statement {
        Statement(
            "lock_photo", "SELECT 1 FROM photos WHERE id = $1::bytea FOR UPDATE",
            [.text(id.text)])
    }

    /// Makes the chunks that the photo shows those of an upload that nobody ends.
    private func giveUp(_ header: PhotoHeader) -> Statement {
        let isReplaceable =
            replaced == nil
            ? "p.state <> 1 AND p.sender = $3::bytea AND p.receiver = $4::bytea"
            : "p.state <> 2 AND p.upload = $3::bytea"
        let charge = replaced == nil ? "p.charge" : "0"
        let people = [Parameter.text(sender.key), .text(header.receiver.key)]
        return Statement(
            replaced == nil ? "give_up_photo" : "give_up_chunks",
            """
            INSERT INTO photo_uploads (upload, sender, charge, begun_at) \
            SELECT p.upload, p.sender, \(charge), 0 FROM photos p WHERE p.id = $1::bytea \
            AND p.upload <> $2::bytea AND \(isReplaceable) \
            AND EXISTS (SELECT 1 FROM photo_uploads WHERE upload = $2::bytea)
            """, [.text(header.id.text), .text(name)] + (replaced.map { [.text($0)] } ?? people))
    }

    private func show(_ header: PhotoHeader) -> Statement {
        PhotoRow.adding(
            header, of: name, charge: charge, state: .unnamed,
            where: "EXISTS (SELECT 1 FROM photo_uploads WHERE upload = $2::bytea)")
    }

    private func swap(_ id: PhotoID) -> Statement {
        Statement(
            "swap_chunks",
            """
            UPDATE photos SET upload = $2::bytea WHERE id = $1::bytea AND upload = $3::bytea \
            AND state <> 2 AND EXISTS (SELECT 1 FROM photo_uploads WHERE upload = $2::bytea)
            """, [.text(id.text), .text(name), .text(replaced)])
    }

    private func forget(_ id: PhotoID) -> Statement {
        Statement(
            "forget_upload",
            """
            DELETE FROM photo_uploads WHERE upload = $2::bytea \
            AND EXISTS (SELECT 1 FROM photos WHERE id = $1::bytea AND upload = $2::bytea)
            """, [.text(id.text), .text(name)])
    }

    private func shows(_ id: PhotoID) -> Statement {
        Statement(
            "find_shown", "SELECT 1 FROM photos WHERE id = $1::bytea AND upload = $2::bytea",
            [.text(id.text), .text(name)])
    }

    func abandon() async {
        // A sweep finds the upload later where the database is away.
        _ = try? await photos.pool.run([
            Statement(
                "abandon_upload",
                "UPDATE photo_uploads SET begun_at = 0 WHERE upload = $1::bytea", [.text(name)])
        ])
        await photos.wake()
    }
}

internal import Encoding
internal import EventLoop
internal import Logging
internal import RateLimit
internal import Storage

/// The removal of photos that are gone, and of uploads that nobody ends. Any number of processes
/// may do it at once. Times are those of the database.
extension PostgresPhotos {
    static let sweepPause = Duration.seconds(3_600)
    private static let sweptAtOnce = 100
    /// The time without a message after which a photo is removed, in microseconds.
    private static let unnamedTimeMax = 86_400_000_000
    /// An upload of the longest photo takes less than five minutes at the slowest rate.
    private static let uploadTimeMax = 3_600_000_000

    nonisolated func sweep() async {
        do throws(StorageFault) {
            try await removeUnnamed()
            while try await removePhotos() {}
            while try await removeUploads() {}
        } catch {
            if error == .closed { return }
            log.log(.warning, "photos are not swept", naming: ["why": "\(error)"])
        }
    }

    /// A message that is being committed holds the photo's lock. Once it has committed, the photo
    /// is named and stays.
    private nonisolated func removeUnnamed() async throws(StorageFault) {
        _ = try await pool.run([
            Statement(
                "sweep_unnamed",
                """
                UPDATE photos SET state = 2 WHERE state = 0 \
                AND stored_at < \(PostgresStore.now) - \(Self.unnamedTimeMax)
                """)
        ])
    }

    /// Removes some photos that are gone. Returns whether there may be more.
    private nonisolated func removePhotos() async throws(StorageFault) -> Bool {
        let found = try await pool.run([
            Statement(
                "find_removed",
                """
                SELECT id, upload, sender FROM photos WHERE state = 2 \
                LIMIT \(Self.sweptAtOnce)
                """)
        ])[0]
        for (id, upload, sender) in found.map({ ($0.text(0), $0.text(1), $0.text(2)) }) {
            // Another upload may have replaced the photo since.
            let isRemoved = "p.id = $1::bytea AND p.upload = $2::bytea AND p.state = 2"
            let parameters: [Parameter] = [.text(id), .text(upload)]
            _ = try await pool.run([
                .begin, PhotoSpace.lock(of: sender),
                Statement(
                    "discount_photo",
                    """
                    UPDATE photo_space SET bytes = photo_space.bytes - p.charge FROM photos p \
                    WHERE \(isRemoved) AND photo_space.owner IN ('', $3::bytea)
                    """, parameters + [.text(sender)]),
                Statement("remove_photo", "DELETE FROM photos p WHERE \(isRemoved)", parameters),
                Self.removeChunks(upload), .commit,
            ])
        }
        return found.count == Self.sweptAtOnce
    }

    /// Removes some uploads that nobody ends. Returns whether there may be more.
    private nonisolated func removeUploads() async throws(StorageFault) -> Bool {
        let found = try await pool.run([
            Statement(
                "find_uploads",
                """
                SELECT upload, sender FROM photo_uploads \
                WHERE begun_at < \(PostgresStore.now) - \(Self.uploadTimeMax) \
                LIMIT \(Self.sweptAtOnce)
                """)
        ])[0]
        for (upload, sender) in found.map({ ($0.text(0), $0.text(1)) }) {
            _ = try await pool.run([
                .begin, PhotoSpace.lock(of: sender),
                // The upload may have ended since, and its chunks are those of a photo now. Its row
                // goes last, because it keeps a photo of them apart from what is left over.
                Statement(
                    "discount_upload",
                    """
                    UPDATE photo_space SET bytes = photo_space.bytes - u.charge \
                    FROM photo_uploads u WHERE u.upload = $1::bytea \
                    AND photo_space.owner IN ('', $2::bytea)
                    """, [.text(upload), .text(sender)]),
                // A chunk that is being added holds the lock of this row.
                Statement(
                    "lock_upload",
                    "SELECT 1 FROM photo_uploads WHERE upload = $1::bytea FOR UPDATE",
                    [.text(upload)]),
                Statement(
                    "remove_chunks_of_upload",
                    """
                    DELETE FROM photo_chunks WHERE upload = $1::bytea AND EXISTS \
                    (SELECT 1 FROM photo_uploads u WHERE u.upload = $1::bytea)
                    """, [.text(upload)]),
                Statement(
                    "remove_upload", "DELETE FROM photo_uploads WHERE upload = $1::bytea",
                    [.text(upload)]),
                .commit,
            ])
        }
        return found.count == Self.sweptAtOnce
    }

    private static func removeChunks(_ upload: ByteText) -> Statement {
        Statement(
            "remove_chunks", "DELETE FROM photo_chunks WHERE upload = $1::bytea",
            [.text(upload)])
    }
}

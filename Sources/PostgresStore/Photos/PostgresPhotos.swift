internal import Encoding
package import EventLoop
internal import Logging
internal import RateLimit
package import Storage

/// The photos of a store in a database, which any number of processes share.
///
/// An upload writes its chunks under a name of its own. One transaction then has the photo show
/// them in place of others. Every transaction is one exchange, so no lock waits for a process. Its
/// statements may run twice, so a lost connection costs a second try.
///
/// Rows are locked in one order: `photo_space`, the whole before a sender, then the photo.
package actor PostgresPhotos: PhotoStore {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Photos have connections of their own, so that uploads leave sends and reads theirs.
    static let connectionCount = 2
    /// Each may hold a chunk in memory.
    private static let waitingMax = 256
    private static let idsAtOnce = 1_000

    let pool: ReadPool
    let log: RateLimitedLog
    private let timer: WakeableTimer

    init(_ connector: Connector, loop: EventLoop, log: RateLimitedLog) {
        self.loop = loop
        self.log = log
        pool = ReadPool(
            connector, loop: loop, log: log, connectionCount: Self.connectionCount,
            waitingMax: Self.waitingMax)
        timer = WakeableTimer(loop: loop)
    }

    package nonisolated func run(_ clock: @escaping @Sendable () -> Int64) async {
        while !Task.isCancelled {
            await sweep()
            await timer.wait(atMost: Self.sweepPause)
        }
    }

    /// Has this process remove what is gone, soon.
    nonisolated func wake() async { await timer.wake() }

    package var byteCount: Int {
        get async {
            let whole = Statement(
                "read_photo_space", "SELECT bytes FROM photo_space WHERE owner = ''")
            return Int((try? await pool.run([whole]))?[0].first?.number(0) ?? 0)
        }
    }

    // MARK: Reading

    private func row(_ id: PhotoID) async throws(StorageFault) -> PhotoRow? {
        let found = try await pool.run([PhotoRow.reading(id)])[0].first.flatMap { PhotoRow($0) }
        return found?.state == .removed ? nil : found
    }

    package func find(_ id: PhotoID) async throws(StorageFault) -> KeptPhoto? {
        try await row(id).map { KeptPhoto(header: $0.header, isNamed: $0.state == .named) }
    }

    package func open(_ id: PhotoID) async throws(StorageFault) -> (any PhotoReading)? {
        try await row(id).map { PostgresReading($0, pool) }
    }

    package func ids(after id: PhotoID?) async throws(StorageFault) -> [PhotoID] {
        let rows = try await pool.run([
            Statement(
                "list_photos",
                """
                SELECT id FROM photos WHERE id > $1::bytea AND state <> 2 ORDER BY id \
                LIMIT \(Self.idsAtOnce)
                """, [.text(id?.text ?? "")])
        ])
        return rows[0].map { PhotoID($0.text(0)) }.compactMap(\.self)
    }

    // MARK: Sending

    /// The commit of the message locks the photo and decides.
    package nonisolated func reserve(
        _ id: PhotoID, from sender: UserID, to receiver: UserID
    ) {}
    package nonisolated func settle(_ id: PhotoID, isNamed: Bool) {}

    // MARK: Writing

    package func begin(
        _ id: PhotoID, from sender: UserID, to receiver: UserID, bytes: Int,
        within limits: PhotoLimits
    ) async throws -> any PhotoUpload {
        let found = try await row(id)
        if let found, found.state == .named || !found.isOf(sender, receiver) {
            throw PhotoFault.taken
        }
        let limits = limits.allowing(for: found?.header)
        let upload = PostgresUpload(self, sender: sender, charge: PhotoHeader.charge(bytes))
        let rows = try await pool.run(upload.reserving(within: limits), mayRepeat: false)
        if rows[3].count == 1 { return upload }
        let owners = rows[2].map { ($0.text(0), $0.number(1)) }
        let own = owners.first { !$0.0.isEmpty }?.1 ?? 0
        throw own + Int64(upload.charge) > Int64(limits.userBytesMax)
            ? PhotoFault.userFull : PhotoFault.full
    }

    package func replace(_ photo: any PhotoReading) async throws -> any PhotoUpload {
        guard let photo = photo as? PostgresReading else {
            preconditionFailure("a photo of this store")
        }
        // It takes the place of as many bytes, so it costs nothing.
        let upload = PostgresUpload(
            self, sender: photo.header.sender, charge: 0, replacing: photo.row.upload)
        try await upload.start(photo.header)
        _ = try await pool.run([
            PostgresUpload.noting(upload.name, by: photo.header.sender, charge: 0)
        ])
        return upload
    }

    // MARK: Removing

    /// The commits that removed messages and people have told which photos go.
    package nonisolated func remove(_ ids: [PhotoID]) async { await wake() }
    package nonisolated func remove(of user: UserID) async { await wake() }
}

/// A photo whose chunks are read one by one.
final class PostgresReading: PhotoReading {
    let row: PhotoRow
    private let pool: ReadPool

    init(_ row: PhotoRow, _ pool: ReadPool) {
        self.row = row
        self.pool = pool
    }

    var header: PhotoHeader { row.header }

    func chunk(_ number: Int) async throws(StorageFault) -> [UInt8] {
        let rows = try await pool.run([Self.reading(number, of: row.upload)])
        // It may have been replaced or removed since it was opened.
        guard let found = rows[0].first else { throw .shortage("a chunk of a photo is gone") }
        return found.bytes(0)
    }

    func keyVersions() async throws(StorageFault) -> [Int: Int64] {
        let rows = try await pool.run([
            Statement(
                "read_photo_keys",
                """
                SELECT substr(content, 1, 4), count(*) FROM photo_chunks \
                WHERE upload = $1::bytea GROUP BY 1
                """, [.text(row.upload)])
        ])
        var versions: [Int: Int64] = [:]
        rows[0].forEach {
            versions[PhotoHeader.keyVersion(ofSealed: $0.bytes(0))] = $0.number(1)
        }
        return versions
    }

    static func reading(_ number: Int, of upload: ByteText) -> Statement {
        Statement(
            "read_photo_chunk",
            "SELECT content FROM photo_chunks WHERE upload = $1::bytea AND number = $2::bigint",
            [.text(upload), .number(number)])
    }
}

internal import Encoding
internal import EventLoop
internal import Storage

/// The photos of a move between a database and a file.
extension PostgresStore {
    private static let photosAtOnce = 500

    // MARK: Out of the database

    /// Writes the whole ones of these photos. Those that are lost are found by their messages.
    func export(
        _ named: Set<PhotoID>, to writer: ExportWriter, on session: any DatabaseSession
    ) async throws {
        var count = 0
        try await forEachWhole(named, on: session) { _ in count += 1 }
        try await writer.beginPhotos(count)
        try await forEachWhole(named, on: session) { photo in
            try await writer.begin(photo.header)
            for number in 0..<photo.header.chunkCount {
                let read = PostgresReading.reading(number, of: photo.upload)
                guard let found = try await run([read], on: session)[0].first else {
                    throw StorageFault.failed("a chunk of photo \(photo.header.id) is gone")
                }
                try await writer.add(chunk: found.bytes(0))
            }
            try await writer.endPhoto()
        }
    }

    /// Passes those of these photos whose chunks are all there, in the order of their ids.
    private func forEachWhole(
        _ named: Set<PhotoID>, on session: any DatabaseSession,
        _ take: (PhotoRow) async throws -> Void
    ) async throws {
        var last: ByteText = ""
        while true {
            let rows = try await run([Self.photos(after: last)], on: session)[0]
            for row in rows.map({ $0 }) {
                last = row.text(0)
                guard let photo = PhotoRow(row), named.contains(photo.header.id),
                    row.number(Columns.photoCount) == photo.header.chunkCount
                else { continue }
                try await take(photo)
            }
            if rows.count < Self.photosAtOnce { return }
        }
    }

    /// Selects photos of messages, each with the number of its chunks.
    private static func photos(after id: ByteText) -> Statement {
        Statement(
            "export_photos",
            """
            SELECT \(Columns.photo), (SELECT count(*) FROM photo_chunks c \
            WHERE c.upload = p.upload) FROM photos p WHERE p.id > $1::bytea AND p.state = 1 \
            ORDER BY p.id LIMIT \(photosAtOnce)
            """, [.text(id)])
    }

    // MARK: Into the database

    /// Removes what photos an earlier store has left.
    static let removePhotos = ["photos", "photo_chunks", "photo_uploads", "photo_space"].map {
        Statement("", "DELETE FROM \($0)")
    }

    /// Counts the bytes of the photos that were stored.
    static let countPhotoSpace = Statement(
        "",
        """
        INSERT INTO photo_space (owner, bytes) SELECT sender, sum(charge)::bigint FROM photos \
        GROUP BY sender UNION ALL SELECT '', coalesce(sum(charge), 0)::bigint FROM photos
        """)

    /// Stores the photos of a file, but for those that an interrupted import has stored.
    func storePhotos(
        from path: String, _ summary: ExportSummary, on session: any DatabaseSession
    ) async throws {
        let reader = try await ExportPhotoReader.open(path, summary)
        while let photo = try await reader.next() {
            let header = photo.header
            if try await run([PhotoRow.reading(header.id)], on: session)[0].count > 0 { continue }
            let name = PostgresUpload.newName()
            _ = try await run(
                [.begin] + Self.allowTime + [
                    PostgresUpload.noting(name, by: header.sender, charge: 0)
                ], on: session)
            for number in 0..<header.chunkCount {
                let chunk = try await reader.chunk(number, of: photo)
                _ = try await run(
                    [PostgresUpload.adding(chunk, number, to: name)], on: session)
            }
            _ = try await run(
                [
                    PhotoRow.adding(
                        header, of: name, charge: PhotoHeader.charge(header.bytes),
                        state: .named, where: "true"),
                    Statement(
                        "end_upload", "DELETE FROM photo_uploads WHERE upload = $1::bytea",
                        [.text(name)]), .commit,
                ], on: session)
        }
    }

    /// - Throws: `.failed` with the first photo that differs.
    func comparePhotos(
        _ path: String, with summary: ExportSummary, on session: any DatabaseSession
    ) async throws {
        let reader = try await ExportPhotoReader.open(path, summary)
        while let photo = try await reader.next() {
            let header = photo.header
            let rows = try await run([PhotoRow.reading(header.id)], on: session)[0]
            guard let found = rows.first.flatMap({ PhotoRow($0) }), found.header == header,
                found.state == .named
            else { throw Self.differs("photo", header.id) }
            for number in 0..<header.chunkCount {
                let read = PostgresReading.reading(number, of: found.upload)
                let stored = try await run([read], on: session)[0].first?.bytes(0)
                guard try await stored == reader.chunk(number, of: photo) else {
                    throw Self.differs("photo", header.id)
                }
            }
        }
        let counts = try await runLong(
            Statement("", "SELECT count(*) FROM photos"), on: session)
        guard counts.first?.number(0) == Int64(summary.photos) else {
            throw StorageFault.failed("the database holds other photos than the file")
        }
    }
}

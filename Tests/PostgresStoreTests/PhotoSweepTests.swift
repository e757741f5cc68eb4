#if Postgres
    import Encoding
    import Storage
    import StoreConformance
    import Testing

    @testable import PostgresStore

    /// Sweeps of photos, beside messages that name them and beside other sweeps.
    @Suite struct PhotoSweepTests {
        private static let ana = UserID("ana")
        private static let budi = UserID("budi")

        /// Opens two stores over one database with two people, and the photos of each.
        private static func open(
            _ fixture: PostgresFixture
        ) async throws -> (one: PostgresStore, other: PostgresStore) {
            _ = try await fixture.open()
            let one = try await fixture.start()
            for id in [ana, budi] {
                let user = User(id: id, username: id.text, password: "$2b$10$hash")
                try await one.commit(reading: []) { _ in (.userAdded(user), ()) }
            }
            return (one, try await fixture.start())
        }

        private static func photos(of store: PostgresStore) throws -> PostgresPhotos {
            try #require(store.photos as? PostgresPhotos)
        }

        /// Commits a message with a photo. Returns whether the photo became its own.
        private static func name(_ number: Int, in store: PostgresStore) async throws -> Bool {
            let id = MessageID(ByteText("m\(number)"))
            let message = StoredMessage(
                id: id, senderId: ana, receiverId: budi, content: "v1:AAAA",
                timestamp: Int64(number + 1), photo: .sample(number))
            do {
                try await store.commit(reading: []) { _ in (.messageAdded(message), ()) }
                return true
            } catch StorageFault.stale {
                let found = try await store.message(id)
                #expect(found == nil)
                return false
            }
        }

        @Test func `a message has its photo, or fails, however a sweep falls`() throws {
            try PostgresFixture.run { fixture in
                let (one, other) = try await Self.open(fixture)
                let photos = try Self.photos(of: one)
                let sweeper = try Self.photos(of: other)
                for number in 0..<10 {
                    try await photos.add(.sample(number, bytes: 100_000), filledWith: 1)
                    try await one.runAlone(["UPDATE photos SET stored_at = 0 WHERE state = 0"])
                    async let swept: Void = sweeper.sweep()
                    let isNamed = try await Self.name(number, in: one)
                    await swept
                    await photos.sweep()
                    let found = try await photos.find(.sample(number))
                    #expect(found?.isNamed == (isNamed ? true : nil))
                    if isNamed {
                        try await photos.expect(
                            .sample(number, bytes: 100_000), filledWith: 1)
                    }
                }
            }
        }

        @Test func `sweeps at once give space back once`() throws {
            try PostgresFixture.run { fixture in
                let (one, other) = try await Self.open(fixture)
                let photos = try Self.photos(of: one)
                let sweepers = [photos, try Self.photos(of: other)]
                for number in 0..<9 {
                    try await photos.add(.sample(number), filledWith: 1)
                    // The upload that it replaces is swept too.
                    try await photos.add(.sample(number), filledWith: 2)
                }
                try await one.runAlone([
                    "UPDATE photos SET stored_at = 0 WHERE id <> '\(Photo.sample(8).id)'"
                ])
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<8 {
                        group.addTask { await sweepers[number % 2].sweep() }
                    }
                }
                #expect(await photos.byteCount == PhotoHeader.chargeMin)
                try await photos.expect(.sample(8), filledWith: 2)
                #expect(try await photos.ids(after: nil) == [.sample(8)])
            }
        }

        @Test func `an upload that was swept does not show, and says so`() throws {
            try PostgresFixture.run { fixture in
                let (one, _) = try await Self.open(fixture)
                let photos = try Self.photos(of: one)
                let header = PhotoHeader.sample(1, bytes: 70_000)
                for chunkCount in 0...2 {
                    let upload = try await photos.begin(
                        header.id, from: Self.ana, to: Self.budi, bytes: header.bytes,
                        within: PhotoLimits(bytesMax: 1 << 30))
                    try await upload.start(header)
                    for number in 0..<chunkCount {
                        try await upload.append(header.sealed(number, filledWith: 1))
                    }
                    try await one.runAlone(["UPDATE photo_uploads SET begun_at = 0"])
                    await photos.sweep()
                    await #expect(throws: (any Error).self) {
                        for number in chunkCount..<2 {
                            try await upload.append(header.sealed(number, filledWith: 1))
                        }
                        try await upload.finish()
                    }
                    await upload.abandon()
                    #expect(try await photos.find(header.id) == nil)
                    #expect(await photos.byteCount == 0)
                }
                try await one.runAlone([
                    "DO $$ BEGIN ASSERT (SELECT count(*) FROM photo_chunks) = 0; END $$"
                ])
            }
        }

        @Test func `two sweepers of uploads leave another upload its chunks`() throws {
            try PostgresFixture.run { fixture in
                let (one, other) = try await Self.open(fixture)
                let photos = try Self.photos(of: one)
                let header = PhotoHeader.sample(1, bytes: 200_000)
                async let swept: Void = Self.sweepAgainAndAgain(try Self.photos(of: other))
                for fill in 1...5 {
                    try await photos.add(header, filledWith: UInt8(fill))
                    try await photos.expect(header, filledWith: UInt8(fill))
                }
                try await swept
                await photos.sweep()
                #expect(await photos.byteCount == header.bytes)
            }
        }

        private static func sweepAgainAndAgain(_ photos: PostgresPhotos) async throws {
            for _ in 0..<20 { await photos.sweep() }
        }
    }
#endif

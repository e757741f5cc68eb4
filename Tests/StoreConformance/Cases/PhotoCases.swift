import Encoding
import Storage

/// The guarantees of `PhotoStore`. Its `run` is under way in the fixture's store.
enum PhotoCases {
    static let all = [
        photoCase("a photo comes back as it was written", comesBack),
        photoCase("nothing shows of an upload before its end, nor after it is abandoned", hides),
        photoCase("a photo is replaced until a message names it", replaces),
        photoCase("a photo belongs to one message of its two people", belongs),
        photoCase("a photo goes with its message and with its people", goes),
        photoCase("a user holds a part of the whole, uploads included", limits),
        photoCase("chunks are written anew unless the photo changes meanwhile", rewraps),
        photoCase("of two uploads of one id, one photo shows whole", races),
        photoCase("photos outlive a restart", restarts),
    ]

    private typealias Body =
        @Sendable (
            any ChatStore, any PhotoStore, any StoreFixture
        ) async throws -> Void

    /// Runs the body beside the work of the photos' store, which has four people.
    private static func photoCase(_ name: String, _ body: @escaping Body) -> StoreCase {
        StoreCase(name) { fixture in
            let store = try await fixture.open()
            try await store.add(.ana, .budi, .citra, .dewi)
            try await running(store) { try await body(store, $0, fixture) }
        }
    }

    private static let wide = PhotoLimits(bytesMax: 1 << 30)

    @Sendable private static func comesBack(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        for (number, bytes) in [1, 65_535, 65_536, 150_000].enumerated() {
            let header = PhotoHeader.sample(number, bytes: bytes)
            try await photos.add(header, filledWith: 7)
            let found = try await photos.find(header.id)
            try expect("a photo", found, is: KeptPhoto(header: header, isNamed: false))
            try await photos.expect(header, filledWith: 7)
        }
        let ids = try await photos.all()
        try expect("all photos", ids, is: (0..<4).map { .sample($0) })
        let none = try await photos.find(.sample(9))
        try expect("another photo", none, is: nil)
        try expect(try await photos.open(.sample(9)) == nil, "nothing opens")
    }

    @Sendable private static func hides(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        let header = PhotoHeader.sample(1, bytes: 100_000)
        let upload = try await photos.begin(header)
        try await upload.start(header)
        try await upload.append(header.sealed(0, filledWith: 1))
        try expect("an upload under way", try await photos.find(header.id), is: nil)
        try expect(await photos.byteCount == 100_000, "an upload under way counts")
        await upload.abandon()
        try await eventually("its space is back") { await photos.byteCount == 0 }
        try expect("an abandoned upload", try await photos.find(header.id), is: nil)
        try await photos.add(header, filledWith: 2)
        try await photos.expect(header, filledWith: 2)
    }

    @Sendable private static func replaces(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        try await photos.add(.sample(1, bytes: 150_000), filledWith: 1)
        try await photos.add(.sample(1, bytes: 70_000), filledWith: 2)
        try await photos.expect(.sample(1, bytes: 70_000), filledWith: 2)
        try await eventually("the space is back") { await photos.byteCount == 70_000 }
        for (sender, receiver) in [(UserID.budi, UserID.ana), (.ana, .citra)] {
            try await expectFault(.taken, "another's photo") {
                _ = try await photos.begin(
                    .sample(1), from: sender, to: receiver, bytes: 1, within: wide)
            }
        }
        let late = try await photos.begin(.sample(1, bytes: 10))
        try await late.write(.sample(1, bytes: 10), filledWith: 3)
        try await name(1, in: "m", in: store, photos)
        try await expectFault(.taken, "a named photo") { try await late.finish() }
        await late.abandon()
        try await expectFault(.taken, "a named photo") {
            _ = try await photos.begin(.sample(1, bytes: 10))
        }
        try await photos.expect(.sample(1, bytes: 70_000), filledWith: 2)
    }

    @Sendable private static func belongs(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        try await photos.add(.sample(1), filledWith: 1)
        try await expectUnknown("a photo that is not there", 2, in: store, photos)
        try await expectUnknown("another's", 1, from: .budi, to: .ana, in: store, photos)
        try await expectUnknown("one for another", 1, to: .citra, in: store, photos)
        try await name(1, in: "m", in: store, photos)
        try await expectUnknown("one of another message", 1, in: store, photos)
        let kept = try await photos.find(.sample(1))
        try expect(kept?.isNamed == true, "it is named")
        let shown = try await store.message(MessageID("m"))?.photo
        try expect("the photo of the message", shown, is: .sample(1))
    }

    @Sendable private static func goes(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        for number in 1...3 { try await photos.add(.sample(number), filledWith: 1) }
        try await photos.add(.sample(4, from: .citra, to: .ana), filledWith: 1)
        try await name(1, in: "m1", in: store, photos)
        try await name(2, in: "m2", in: store, photos)
        try await store.delete("m1", at: 90)
        await photos.remove([.sample(1)])
        try expect("a removed photo", try await photos.find(.sample(1)), is: nil)
        try await photos.add(.sample(1, bytes: 70_000), filledWith: 2)
        try await photos.expect(.sample(1, bytes: 70_000), filledWith: 2)
        try await store.commit(.userRemoved(.ana))
        await photos.remove(of: .ana)
        for number in 1...4 {
            let found = try await photos.find(.sample(number))
            try expect("a photo of nobody", found, is: nil)
        }
        try await eventually("all space is back") { await photos.byteCount == 0 }
        try expect("all photos", try await photos.all(), is: [])
    }

    @Sendable private static func limits(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        let limits = PhotoLimits(bytesMax: 400_000)
        let begin = { (number: Int, sender: UserID, bytes: Int) in
            try await photos.begin(
                .sample(number), from: sender, to: .dewi, bytes: bytes,
                within: limits)
        }
        let first = try await begin(1, .ana, 100_000)
        try await expectFault(.userFull, "beyond a quarter") { _ = try await begin(2, .ana, 1) }
        _ = try await begin(3, .budi, 100_000)
        _ = try await begin(4, .citra, 100_000)
        _ = try await begin(5, .dewi, 90_000)
        try await expectFault(.full, "beyond the whole") { _ = try await begin(6, UserID("e"), 1) }
        await first.abandon()
        try await eventually("the space is back") { await photos.byteCount == 290_000 }
        _ = try await begin(7, UserID("e"), 1)
        try expect(await photos.byteCount == 290_000 + PhotoHeader.chargeMin, "the least charge")
        // An upload takes the place of the photo before it, also in the sums.
        try await photos.add(.sample(8, bytes: 80_000, to: .dewi), filledWith: 1)
        _ = try await begin(8, .ana, 90_000)
    }

    @Sendable private static func rewraps(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        let header = PhotoHeader.sample(1, bytes: 70_000)
        try await photos.add(header, filledWith: 1)
        try await name(1, in: "m", in: store, photos)
        let photo = try require(try await photos.open(header.id), "it opens")
        try expect("key versions", try await photo.keyVersions(), is: [1: 2])
        let moved = try await photos.replace(photo)
        for number in 0..<2 { try await moved.append(header.sealed(number, filledWith: 1, key: 2)) }
        try await moved.finish()
        let after = try require(try await photos.open(header.id), "it opens")
        try expect("key versions", try await after.keyVersions(), is: [2: 2])
        let kept = try await photos.find(header.id)
        try expect("the facts", kept, is: KeptPhoto(header: header, isNamed: true))
        try expect(await photos.byteCount == 70_000, "it costs nothing")
        let late = try await photos.replace(after)
        for number in 0..<2 { try await late.append(header.sealed(number, filledWith: 1, key: 3)) }
        try await store.delete("m", at: 90)
        await photos.remove([header.id])
        try await expectFault(.unknown, "a removed photo") { try await late.finish() }
        await late.abandon()
        try await eventually("all space is back") { await photos.byteCount == 0 }
        try expect("a removed photo", try await photos.find(header.id), is: nil)
    }

    @Sendable private static func races(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        let header = PhotoHeader.sample(1, bytes: 100_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...8 {
                group.addTask {
                    let upload = try await photos.begin(header)
                    do {
                        try await upload.write(header, filledWith: UInt8(number))
                        try await upload.finish()
                    } catch let fault as PhotoFault {
                        await upload.abandon()
                        guard fault == .busy else { throw fault }
                    }
                }
            }
            try await group.waitForAll()
        }
        let photo = try require(try await photos.open(header.id), "it opens")
        let fill = try require(try await photo.chunk(0).last, "a byte")
        try await photos.expect(header, filledWith: fill)
        try await eventually("one photo counts") { await photos.byteCount == 100_000 }
    }

    @Sendable private static func restarts(
        _ store: any ChatStore, _ photos: any PhotoStore, _ fixture: any StoreFixture
    ) async throws {
        try await photos.add(.sample(1, bytes: 100_000), filledWith: 1)
        try await photos.add(.sample(2), filledWith: 2)
        try await name(1, in: "m", in: store, photos)
        try await running(try await fixture.restart()) { again in
            try await again.expect(.sample(1, bytes: 100_000), filledWith: 1)
            let kept = try await again.find(.sample(1))
            try expect(kept?.isNamed == true, "it is named")
            let other = try await again.find(.sample(2))
            try expect(other?.isNamed == false, "it is not named")
            try expect(
                await again.byteCount == 100_000 + PhotoHeader.chargeMin, "the bytes of both")
        }
    }
}

import Encoding
import EventLoop
import Storage
import Testing

@testable import Chat

/// Limits and states of photos, without files.
struct PhotoShelfTests {
    private static func header(_ number: Int, bytes: Int = 1, by user: UserID = UserID("a"))
        -> PhotoHeader
    {
        guard let id = PhotoID(ByteText("00000000-0000-4000-8000-00000000000\(number)")) else {
            preconditionFailure("a digit")
        }
        return PhotoHeader(
            id: id, sender: user, receiver: UserID("z"), type: "image/png", bytes: bytes,
            uploadedAt: 1_000)
    }

    @Test func `a user holds a quarter, and everybody together the whole`() throws {
        var shelf = PhotoShelf(bytesMax: 4 << 20)
        try shelf.reserve(1 << 20, for: UserID("a"))
        #expect(throws: ChatFault.tooManyPhotos(after: .seconds(3600))) {
            try shelf.reserve(1, for: UserID("a"))
        }
        for user in ["b", "c", "d"] { try shelf.reserve(1 << 20, for: UserID(ByteText(user))) }
        #expect(throws: ChatFault.photoSpace) { try shelf.reserve(1, for: UserID("e")) }
        shelf.release(1 << 20, for: UserID("a"))
        try shelf.reserve(1, for: UserID("e"))
        #expect(shelf.bytes == 3 << 20 + PhotoShelf.chargeMin)
    }

    @Test func `a user has so many uploads under way, and another one still has theirs`() throws {
        var shelf = PhotoShelf(bytesMax: 1 << 30)
        for _ in 0..<PhotoShelf.uploadsMax { try shelf.reserve(1, for: UserID("a")) }
        #expect(throws: ChatFault.busy) { try shelf.reserve(1, for: UserID("a")) }
        try shelf.reserve(1, for: UserID("b"))
        shelf.release(1, for: UserID("a"))
        try shelf.reserve(1, for: UserID("a"))
    }

    @Test func `what was uploaded in a day counts, also where it is not kept`() throws {
        var shelf = PhotoShelf(bytesMax: 1 << 30)
        let size = 2 << 20
        for _ in 0..<(PhotoShelf.uploadedPerDay / size) {
            try shelf.reserve(size, for: UserID("a"))
            shelf.release(size, for: UserID("a"))
        }
        #expect {
            try shelf.reserve(size, for: UserID("a"))
        } throws: { error in
            if case .tooMuchData = error as? ChatFault { true } else { false }
        }
        try shelf.reserve(size, for: UserID("b"))
    }

    @Test func `a photo is charged to its sender until it is removed`() {
        var shelf = PhotoShelf(bytesMax: 1 << 20)
        shelf.add(Self.header(1, bytes: 100_000), .unnamed(since: nil))
        shelf.add(Self.header(1, bytes: 50_000), .unnamed(since: nil))
        #expect(shelf.bytes == 50_000)
        #expect(shelf.photos(of: UserID("z")) == [Self.header(1).id])
        shelf.remove(Self.header(1).id)
        #expect(shelf.bytes == 0 && shelf.entries.isEmpty)
    }

    @Test func `what no message names goes after a day, and nothing else does`() {
        var shelf = PhotoShelf(bytesMax: 1 << 20)
        let now = MonotonicTime.current()
        let day = Duration.seconds(86_401)
        shelf.add(Self.header(1), .unnamed(since: now))
        shelf.add(Self.header(2), .named)
        shelf.add(Self.header(3), .sending)
        shelf.add(Self.header(4), .unnamed(since: nil))
        #expect(shelf.unnamed(at: now, 2_000).isEmpty)
        #expect(shelf.unnamed(at: now + day, 2_000) == [Self.header(1).id])
        #expect(shelf.unnamed(at: now, 1_000 + 86_400_001) == [Self.header(4).id])
        #expect(shelf.unnamed(at: now, .min).isEmpty)
        shelf.begin(Self.header(4).id)
        #expect(shelf.unnamed(at: now, .max).isEmpty)
    }

    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE0], "image/jpeg"),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], "image/png"),
            (Array("RIFFxxxxWEBPVP8 ".utf8), "image/webp"), (Array("RIFFxxxxWAVE".utf8), nil),
            (Array("<svg/>".utf8), nil), (Array("GIF89a".utf8), nil), ([], nil),
            ([0xFF, 0xD8], nil),
        ] as [([UInt8], ByteText?)])
    func `the first bytes tell the type`(start: [UInt8], type: ByteText?) {
        #expect(PhotoType.of(start) == type)
    }

    @Test func `the context names people, photo, number and count`() {
        let header = Self.header(7, bytes: 2 * PhotoHeader.chunkBytes + 1)
        #expect(
            PhotoContext.text(of: header, chunk: 1)
                == "p1:1:a1:z36:00000000-0000-4000-8000-0000000000071:11:3")
    }
}

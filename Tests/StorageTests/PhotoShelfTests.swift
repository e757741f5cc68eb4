import Encoding
import EventLoop
import Testing

@testable import Storage

/// Limits and states of a folder's photos, without files.
struct PhotoShelfTests {
    private static let limits = PhotoLimits(bytesMax: 4 << 20)

    private static func header(_ number: Int, bytes: Int = 1) -> PhotoHeader {
        PhotoHeader(
            id: Photo.sample(number).id, sender: UserID("a"), receiver: UserID("z"),
            type: "image/png", bytes: bytes, uploadedAt: 1_000)
    }

    @Test func `a user holds a quarter, and everybody together the whole`() throws {
        var shelf = PhotoShelf()
        try shelf.reserve(1 << 20, for: UserID("a"), within: Self.limits)
        #expect(throws: PhotoFault.userFull) {
            try shelf.reserve(1, for: UserID("a"), within: Self.limits)
        }
        for user in ["b", "c", "d"] {
            try shelf.reserve(1 << 20, for: UserID(ByteText(user)), within: Self.limits)
        }
        #expect(throws: PhotoFault.full) {
            try shelf.reserve(1, for: UserID("e"), within: Self.limits)
        }
        shelf.release(1 << 20, for: UserID("a"))
        try shelf.reserve(1, for: UserID("e"), within: Self.limits)
        #expect(shelf.bytes == 3 << 20 + PhotoHeader.chargeMin)
    }

    @Test func `a photo is charged to its sender until it is removed`() {
        var shelf = PhotoShelf()
        shelf.add(Self.header(1, bytes: 100_000), .unnamed(since: nil))
        shelf.add(Self.header(1, bytes: 50_000), .unnamed(since: nil))
        #expect(shelf.bytes == 50_000)
        #expect(shelf.photos(of: UserID("z")) == [Self.header(1).id])
        shelf.remove(Self.header(1).id)
        #expect(shelf.bytes == 0 && shelf.entries.isEmpty)
    }

    @Test func `what no message names goes after a day, and nothing else does`() {
        var shelf = PhotoShelf()
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
}

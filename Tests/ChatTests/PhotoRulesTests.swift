import Encoding
import Storage
import Testing

@testable import Chat

/// The limits of uploads, and the types and contexts of photos.
struct PhotoRulesTests {
    @Test func `a user has so many uploads under way, and another one still has theirs`() throws {
        var quota = UploadQuota()
        for _ in 0..<UploadQuota.uploadsMax { try quota.begin(for: UserID("a")) }
        #expect(throws: ChatFault.busy) { try quota.begin(for: UserID("a")) }
        try quota.begin(for: UserID("b"))
        quota.end(for: UserID("a"))
        try quota.begin(for: UserID("a"))
    }

    @Test func `what was uploaded in a day counts, also where it is not kept`() throws {
        var quota = UploadQuota()
        let size = 2 << 20
        for _ in 0..<(UploadQuota.bytesPerDay / size) { try quota.take(size, for: UserID("a")) }
        #expect {
            try quota.take(size, for: UserID("a"))
        } throws: { error in
            if case .tooMuchData = error as? ChatFault { true } else { false }
        }
        try quota.take(size, for: UserID("b"))
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

    @Test func `the context names people, photo, number and count`() throws {
        let id = try #require(PhotoID("00000000-0000-4000-8000-000000000007"))
        let header = PhotoHeader(
            id: id, sender: UserID("a"), receiver: UserID("z"), type: "image/png",
            bytes: 2 * PhotoHeader.chunkBytes + 1, uploadedAt: 1_000)
        #expect(
            PhotoContext.text(of: header, chunk: 1)
                == "p1:1:a1:z36:00000000-0000-4000-8000-0000000000071:11:3")
    }
}

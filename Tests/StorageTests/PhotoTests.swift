import Encoding
import EventLoop
import Foundation
import Testing
import TestSupport

@testable import Storage

/// The files of photos, and the messages that name them.
@Suite struct PhotoTests {
    private static let key: [UInt8] = [0, 0, 0, 3]

    /// A chunk as the vault seals it: longer by the version of the key, a nonce and a tag.
    private static func sealed(_ count: Int, _ byte: UInt8) -> [UInt8] {
        key + [UInt8](repeating: byte, count: count + PhotoHeader.sealBytes - key.count)
    }

    static func header(_ number: Int, bytes: Int) -> PhotoHeader {
        PhotoHeader(
            id: Photo.sample(number).id, sender: UserID("a"), receiver: UserID("b\"\n"),
            type: "image/png", bytes: bytes, uploadedAt: 5)
    }

    static func write(_ header: PhotoHeader, to files: PhotoFiles) async throws {
        let upload = try await files.begin(header)
        for number in 0..<header.chunkCount {
            try await upload.append(
                sealed(header.byteCount(ofChunk: number), UInt8(truncatingIfNeeded: number)))
        }
        try await upload.finish()
    }

    private static func withFolder(
        _ body: @escaping @Sendable (Folder) async throws -> Void
    ) throws {
        try TemporaryFolder.with { path in
            let loop = try EventLoop()
            try loop.run { try await body(Folder(path: path, disk: SystemDisk())) }
        }
    }

    @Test(arguments: [1, PhotoHeader.chunkBytes - 1, PhotoHeader.chunkBytes, 150_000])
    func `a photo is read as it was written, and verified`(bytes: Int) throws {
        try Self.withFolder { folder in
            let files = PhotoFiles(folder)
            let header = Self.header(1, bytes: bytes)
            try await Self.write(header, to: files)
            let loaded = try await files.load()
            #expect(loaded.photos == [header] && loaded.faults.isEmpty)
            let photo = try #require(try await files.open(header.id))
            for number in 0..<header.chunkCount {
                let chunk = try await photo.chunk(number)
                #expect(PhotoHeader.keyVersion(ofSealed: chunk) == 3)
                #expect(
                    chunk
                        == Self.sealed(
                            header.byteCount(ofChunk: number), UInt8(truncatingIfNeeded: number)))
            }
            #expect(try PhotoFolder(of: folder).verify(header.id) == header)
        }
    }

    @Test func `nothing shows of an upload before its end, and a start removes what is left`()
        throws
    {
        try Self.withFolder { folder in
            let files = PhotoFiles(folder)
            let header = Self.header(1, bytes: 10)
            let upload = try await files.begin(header)
            try await upload.append(Self.sealed(10, 1))
            #expect(try await files.open(header.id) == nil)
            #expect(try PhotoFolder(of: folder).list().leftovers.count == 1)
            let next = PhotoFiles(folder)
            #expect(try await next.load().photos.isEmpty)
            #expect(try PhotoFolder(of: folder).list().leftovers.isEmpty)
        }
    }

    @Test func `a changed bit, a missing byte and another's file are found`() throws {
        try Self.withFolder { folder in
            let files = PhotoFiles(folder)
            let header = Self.header(1, bytes: 300)
            try await Self.write(header, to: files)
            let photos = PhotoFolder(of: folder)
            let path = photos.file(header.id)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for place in stride(from: 0, to: whole.count, by: 11) {
                var other = whole
                other[place] ^= 4
                try other.write(to: URL(fileURLWithPath: path))
                #expect(throws: StorageFault.self) { try photos.verify(header.id) }
            }
            for count in [0, 10, whole.count - 1] {
                try whole.prefix(count).write(to: URL(fileURLWithPath: path))
                #expect(throws: StorageFault.self) { try photos.verify(header.id) }
            }
            try whole.write(to: URL(fileURLWithPath: photos.file(Photo.sample(2).id)))
            #expect(throws: StorageFault.self) { try photos.verify(Photo.sample(2).id) }
            let report = try photos.report(
                named: [header.id, Photo.sample(2).id, Photo.sample(3).id])
            #expect(report.damaged.count == 2 && report.missing == [Photo.sample(3).id])
        }
    }

    @Test func `a backup finds photos that are removed meanwhile, which go after it`() throws {
        try Self.withFolder { folder in
            let files = PhotoFiles(folder)
            let photos = (1...2).map { Self.header($0, bytes: 10) }
            for photo in photos { try await Self.write(photo, to: files) }
            files.keepRemoved()
            try await files.remove(photos.map(\.id))
            #expect(try await files.ids().count == 2)
            // The second is uploaded once more.
            try await Self.write(photos[1], to: files)
            await files.removeKept()
            #expect(try await files.ids() == [photos[1].id])
            try await files.remove([photos[1].id])
            #expect(try await files.ids().isEmpty)
        }
    }

    @Test func `a file that says to be a page is no photo`() throws {
        let header = Self.header(1, bytes: 300)
        #expect(PhotoHeader(beginning: header.line) == header)
        let line = String(decoding: header.line, as: UTF8.self)
        let other = line.replacingOccurrences(of: "image/png", with: "text/html")
        #expect(PhotoHeader(beginning: Array(other.utf8)) == nil)
    }

    @Test func `a second message with a photo does not keep the store from opening`() throws {
        try TemporaryFolder.with { path in
            try onLoop { loop in
                var store = try await JSONStore.open(folder: path, loop: loop, logger: .silent)
                try await store.addUsers("a", "b")
                for (number, id) in ["1", "2"].enumerated() {
                    let message = StoredMessage.sample(
                        id, from: "a", to: "b", at: Int64(number + 1), photo: .sample(1))
                    try await store.commit(.messageAdded(message))
                }
                await store.close()
                store = try await JSONStore.open(folder: path, loop: loop, logger: .silent)
                #expect(await store.namedPhotos() == [Photo.sample(1).id])
                #expect(try await store.message(MessageID("2"))?.photo == .sample(1))
                await store.close()
            }
        }
    }

    @Test func `a photo belongs to its message until that is gone, also after a fold`() throws {
        try TemporaryFolder.with { path in
            try onLoop { loop in
                var store = try await JSONStore.open(folder: path, loop: loop, logger: .silent)
                try await store.addUsers("a", "b", "c")
                let messages = [("1", "b", 1), ("2", "b", 2), ("3", "c", 3)].map {
                    id, other, number in
                    StoredMessage.sample(
                        id, from: "a", to: other, at: Int64(number), photo: .sample(number))
                }
                for message in messages {
                    try await store.commit(.messageAdded(message))
                }
                for isFolded in [false, true] {
                    if isFolded { try await store.fold() }
                    await store.close()
                    store = try await JSONStore.open(folder: path, loop: loop, logger: .silent)
                    #expect(
                        await store.namedPhotos() == Set((1...3).map { Photo.sample($0).id }))
                    #expect(try await store.message(MessageID("2"))?.photo == .sample(2))
                }
                try await store.commit(.messageDeleted(messages[0].tombstone(at: 9)))
                #expect(await store.namedPhotos().count == 2)
                try await store.commit(.userRemoved(UserID("c")))
                #expect(await store.namedPhotos() == [Photo.sample(2).id])
                await store.close()
                store = try await JSONStore.open(folder: path, loop: loop, logger: .silent)
                #expect(await store.namedPhotos() == [Photo.sample(2).id])
                await store.close()
            }
        }
    }
}

import Encoding
package import Storage

extension PhotoID {
    package static func sample(_ number: Int) -> PhotoID {
        guard let id = PhotoID(ByteText("00000000-0000-4000-8000-00000000000\(number)")) else {
            preconditionFailure("a digit")
        }
        return id
    }
}

extension Photo {
    package static func sample(_ number: Int) -> Photo {
        guard let photo = Photo(id: .sample(number), width: 4, height: 3) else {
            preconditionFailure("sides in range")
        }
        return photo
    }
}

extension PhotoHeader {
    package static func sample(
        _ number: Int, bytes: Int = 10, from sender: UserID = UserID("ana"),
        to receiver: UserID = UserID("budi")
    ) -> PhotoHeader {
        PhotoHeader(
            id: .sample(number), sender: sender, receiver: receiver, type: "image/png",
            bytes: bytes, uploadedAt: 5)
    }

    /// A chunk as the vault seals it, which begins with the version of the key.
    package func sealed(_ number: Int, filledWith fill: UInt8, key: UInt8 = 1) -> [UInt8] {
        [0, 0, 0, key]
            + [UInt8](repeating: fill, count: byteCount(ofChunk: number) + Self.sealBytes - 4)
    }
}

extension PhotoUpload {
    func write(_ header: PhotoHeader, filledWith fill: UInt8) async throws {
        try await start(header)
        for number in 0..<header.chunkCount {
            try await append(header.sealed(number, filledWith: fill))
        }
    }
}

extension PhotoStore {
    func begin(_ header: PhotoHeader) async throws -> any PhotoUpload {
        try await begin(
            header.id, from: header.sender, to: header.receiver, bytes: header.bytes,
            within: PhotoLimits(bytesMax: 1 << 30))
    }

    package func add(_ header: PhotoHeader, filledWith fill: UInt8) async throws {
        let upload = try await begin(header)
        try await upload.write(header, filledWith: fill)
        try await upload.finish()
    }

    func all() async throws -> [PhotoID] {
        var all: [PhotoID] = []
        while true {
            let page = try await ids(after: all.last)
            if page.isEmpty { return all }
            all += page
        }
    }

    /// - Throws: `BrokenPromise` unless the photo is there with these chunks.
    package func expect(_ header: PhotoHeader, filledWith fill: UInt8) async throws {
        let photo = try require(try await open(header.id), "\(header.id) opens")
        try StoreConformance.expect("the header", photo.header, is: header)
        for number in 0..<header.chunkCount {
            let chunk = try await photo.chunk(number)
            try StoreConformance.expect(
                chunk == header.sealed(number, filledWith: fill), "chunk \(number) is as written")
        }
    }
}

extension PhotoCases {
    /// Runs the body while the photos' store does its work.
    static func running(
        _ store: any ChatStore, _ body: (any PhotoStore) async throws -> Void
    ) async throws {
        let photos = try require(store.photos, "the store keeps photos")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await photos.run { 0 } }
            defer { group.cancelAll() }
            try await ready(photos)
            try await body(photos)
        }
    }

    /// Waits until the files are listed.
    private static func ready(_ photos: any PhotoStore) async throws {
        try await eventually("the photos are known") {
            do { _ = try await photos.find(.sample(0)) } catch PhotoFault.busy { return false }
            return true
        }
    }

    static func name(
        _ number: Int, in message: ByteText, from sender: UserID = .ana,
        to receiver: UserID = .budi, in store: any ChatStore, _ photos: any PhotoStore
    ) async throws {
        let id = PhotoID.sample(number)
        try await photos.reserve(id, from: sender, to: receiver)
        let message = StoredMessage(
            id: MessageID(message), senderId: sender, receiverId: receiver, content: "v1:AAAA",
            timestamp: Int64(number), photo: .sample(number))
        do { try await store.commit(.messageAdded(message)) } catch {
            await photos.settle(id, isNamed: false)
            throw error
        }
        await photos.settle(id, isNamed: true)
    }

    /// - Throws: `BrokenPromise` unless no message may name the photo.
    static func expectUnknown(
        _ what: String, _ number: Int, from sender: UserID = .ana, to receiver: UserID = .budi,
        in store: any ChatStore, _ photos: any PhotoStore
    ) async throws {
        do {
            try await name(number, in: "other", from: sender, to: receiver, in: store, photos)
        } catch PhotoFault.unknown { return } catch StorageFault.stale { return }
        throw BrokenPromise("\(what) is named", #fileID, #line)
    }

    static func expectFault(
        _ fault: PhotoFault, _ what: String, _ body: () async throws -> Void
    ) async throws {
        do { try await body() } catch let found as PhotoFault {
            return try expect(what, found, is: fault)
        }
        throw BrokenPromise("\(what): it is done", #fileID, #line)
    }

    /// - Throws: `BrokenPromise` unless it becomes so within ten seconds.
    static func eventually(
        _ what: String, _ isSo: () async throws -> Bool
    ) async throws {
        for _ in 0..<200 {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BrokenPromise("\(what): not within ten seconds", #fileID, #line)
    }
}

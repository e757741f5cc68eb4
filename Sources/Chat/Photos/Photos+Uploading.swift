internal import Encoding
internal import EventLoop
package import Storage

/// Photos that arrive.
extension Photos {
    /// Stores a photo while it arrives, and returns once it is durable.
    ///
    /// - Parameters:
    ///   - count: The length of the photo in bytes.
    ///   - read: Returns the next bytes of the photo, as many as asked for.
    package nonisolated func receive(
        _ id: PhotoID, from sender: UserID, to receiver: UserID, count: Int,
        _ read: (Int) async throws -> [UInt8]
    ) async throws {
        try await begin(id, sender, receiver, count)
        do {
            var chunk = try await read(min(count, PhotoHeader.chunkBytes))
            guard let type = PhotoType.of(chunk) else { throw ChatFault.notAPhoto }
            let upload = try await open(id, sender, receiver, type, count)
            do {
                let header = upload.header
                var versions: Set<Int> = []
                for number in 0..<header.chunkCount {
                    if number > 0 { chunk = try await read(header.byteCount(ofChunk: number)) }
                    let sealed = try await vault.chunk(
                        .seal, chunk, context: PhotoContext.text(of: header, chunk: number),
                        for: sender)
                    guard case .bytes(let bytes) = sealed else { throw VaultFault.notAsAsked }
                    chunk = []
                    versions.insert(PhotoHeader.keyVersion(ofSealed: bytes))
                    try await upload.append(bytes)
                }
                // The key was rotated meanwhile. A rewrap did not see this photo.
                guard versions.count == 1 else { throw ChatFault.busy }
                try await finish(upload)
            } catch {
                await upload.abandon()
                throw error
            }
        } catch {
            await release(count, of: sender)
            throw error
        }
    }

    private func begin(
        _ id: PhotoID, _ sender: UserID, _ receiver: UserID, _ count: Int
    ) async throws {
        guard files != nil else { throw ChatFault.photosOff }
        guard count <= Self.photoBytesMax else { throw ChatFault.photoTooLarge }
        guard let found = try await store.sendFacts(from: sender, to: receiver) else {
            throw ChatFault.userNotFound
        }
        guard found.areFriends else { throw ChatFault.notFriends }
        try checkReplaceable(id, by: sender, for: found.receiver)
        try await store.checkWritable()
        try await vault.check()
        try shelf.reserve(count, for: sender)
    }

    private func release(_ count: Int, of sender: UserID) { shelf.release(count, for: sender) }

    /// Throws unless the photo is new, or the sender's own and named by no message.
    private func checkReplaceable(
        _ id: PhotoID, by sender: UserID, for receiver: UserID
    ) throws(ChatFault) {
        guard isLoaded else { throw .busy }
        if missing.contains(id) { throw .photoTaken }
        guard let entry = shelf[id] else { return }
        guard entry.header.sender == sender, entry.header.receiver == receiver,
            case .unnamed = entry.state
        else { throw .photoTaken }
    }

    private func open(
        _ id: PhotoID, _ sender: UserID, _ receiver: UserID, _ type: ByteText, _ count: Int
    ) async throws -> PhotoUpload {
        guard let files else { throw ChatFault.photosOff }
        guard let receiver = try await store.knownID(receiver) else {
            throw ChatFault.userNotFound
        }
        return try await files.begin(
            PhotoHeader(
                id: id, sender: sender, receiver: receiver, type: type, bytes: count,
                uploadedAt: clock()))
    }

    /// Gives the upload its name. All checks are made again, because others ran meanwhile.
    private func finish(_ upload: PhotoUpload) async throws {
        let header = upload.header
        guard try await store.areFriends(header.sender, header.receiver) else {
            throw ChatFault.notFriends
        }
        try checkReplaceable(header.id, by: header.sender, for: header.receiver)
        try await put(upload)
        shelf.release(header.bytes, for: header.sender)
        shelf.add(header, .unnamed(since: .current()))
    }

    /// Gives a file its name while nobody else touches the photo.
    func put(_ upload: PhotoUpload) async throws {
        let id = upload.header.id
        guard !shelf.busy.contains(id) else { throw ChatFault.busy }
        shelf.begin(id)
        defer { shelf.end(id) }
        try await upload.finish()
    }
}

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
        guard let kept else { throw ChatFault.photosOff }
        guard count <= Self.photoBytesMax else { throw ChatFault.photoTooLarge }
        guard let found = try await store.sendFacts(from: sender, to: receiver) else {
            throw ChatFault.userNotFound
        }
        guard found.areFriends else { throw ChatFault.notFriends }
        try await store.checkWritable()
        try await vault.check()
        try await countUpload(of: sender)
        do {
            try await ChatFault.translating {
                let upload = try await kept.begin(
                    id, from: sender, to: found.receiver, bytes: count, within: limits)
                do {
                    try await take(count, for: sender)
                    let first = try await read(min(count, PhotoHeader.chunkBytes))
                    guard let type = PhotoType.of(first) else { throw ChatFault.notAPhoto }
                    let header = PhotoHeader(
                        id: id, sender: sender, receiver: found.receiver, type: type,
                        bytes: count, uploadedAt: clock())
                    try await write(header, first, to: upload, read)
                    guard try await store.areFriends(sender, header.receiver) else {
                        throw ChatFault.notFriends
                    }
                    try await upload.finish()
                } catch {
                    await upload.abandon()
                    throw error
                }
            }
        } catch {
            await discountUpload(of: sender)
            throw error
        }
        await discountUpload(of: sender)
    }

    private nonisolated func write(
        _ header: PhotoHeader, _ first: consuming [UInt8], to upload: any PhotoUpload,
        _ read: (Int) async throws -> [UInt8]
    ) async throws {
        try await upload.start(header)
        var chunk = first
        var versions: Set<Int> = []
        for number in 0..<header.chunkCount {
            if number > 0 { chunk = try await read(header.byteCount(ofChunk: number)) }
            let sealed = try await vault.chunk(
                .seal, chunk, context: PhotoContext.text(of: header, chunk: number),
                for: header.sender)
            guard case .bytes(let bytes) = sealed else { throw VaultFault.notAsAsked }
            chunk = []
            versions.insert(PhotoHeader.keyVersion(ofSealed: bytes))
            try await upload.append(bytes)
        }
        // The key was rotated meanwhile. A rewrap did not see this photo.
        guard versions.count == 1 else { throw ChatFault.busy }
    }

    private func countUpload(of sender: UserID) throws(ChatFault) {
        try quota.begin(for: sender)
    }

    private func discountUpload(of sender: UserID) { quota.end(for: sender) }

    private func take(_ count: Int, for sender: UserID) async throws {
        guard let sharedBytes else { return try quota.take(count, for: sender) }
        let charge = Double(PhotoHeader.charge(count))
        if let wait = try await sharedBytes.take(charge, for: sender.text) {
            throw ChatFault.tooMuchData(after: wait)
        }
    }
}

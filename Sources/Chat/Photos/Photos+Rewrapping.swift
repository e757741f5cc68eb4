internal import Storage

/// Photos that are sealed anew.
extension Photos {
    /// Returns some photos of the store behind this one, or none at the end. It does so also where
    /// photos are turned off: a key that one of them needs must not be forgotten.
    nonisolated func stored(after id: PhotoID?) async throws -> [PhotoID] {
        try await store.photos?.ids(after: id) ?? []
    }

    /// Seals a photo anew where a chunk is under another key than this version. Returns the key
    /// versions of its chunks afterwards, and whether it was moved. Nil if the photo is gone.
    nonisolated func rewrap(
        _ id: PhotoID, to version: Int, _ vault: any Vault
    ) async throws -> (contents: [Int: Int64], isMoved: Bool)? {
        guard let photos = store.photos, let photo = try await reading(id, in: photos) else {
            return nil
        }
        let header = photo.header
        let contents = try await photo.keyVersions()
        if contents[version] == Int64(header.chunkCount) { return (contents, false) }
        let upload = try await photos.replace(photo)
        do {
            for number in 0..<header.chunkCount {
                let moved = try await vault.chunk(
                    .rewrap, try await photo.chunk(number),
                    context: PhotoContext.text(of: header, chunk: number))
                guard case .bytes(let bytes) = moved else {
                    await upload.abandon()
                    return (contents, false)
                }
                try await upload.append(bytes)
            }
            try await upload.finish()
        } catch {
            await upload.abandon()
            // Another photo may be there by now.
            if error is PhotoFault { throw ChatFault.busy }
            throw error
        }
        return ([version: Int64(header.chunkCount)], true)
    }

    private nonisolated func reading(
        _ id: PhotoID, in photos: any PhotoStore
    ) async throws -> (any PhotoReading)? {
        do {
            return try await photos.open(id)
        } catch {
            // No key opens it, and `store verify` tells of it. Swift 6.2 crashes at a pattern here.
            if case StorageFault.damaged = error { return nil }
            throw error
        }
    }
}

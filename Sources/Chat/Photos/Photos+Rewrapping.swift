internal import Storage

/// Photos that are sealed anew.
extension Photos {
    /// The photos in the store's folder, also where photos are turned off or not listed yet. A key
    /// that one of them needs must not be forgotten.
    nonisolated func stored() async throws -> [PhotoID] { try await store.photos?.ids() ?? [] }

    /// Seals a photo anew where a chunk is under another key than this version. Returns the key
    /// versions of its chunks afterwards, and whether it was moved. Nil if the photo is gone.
    nonisolated func rewrap(
        _ id: PhotoID, to version: Int, _ vault: any Vault
    ) async throws -> (contents: [Int: Int64], isMoved: Bool)? {
        guard let photo = try await reading(id) else { return nil }
        let header = photo.header
        var contents: [Int: Int64] = [:]
        for number in 0..<header.chunkCount {
            let key = PhotoHeader.keyVersion(ofSealed: try await photo.chunk(number))
            contents[key, default: 0] += 1
        }
        if contents[version] == Int64(header.chunkCount) { return (contents, false) }
        let upload = try await begin(header)
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
            try await replace(upload)
        } catch {
            await upload.abandon()
            throw error
        }
        return ([version: Int64(header.chunkCount)], true)
    }

    private func reading(_ id: PhotoID) async throws -> PhotoReading? {
        do {
            return try await store.photos?.open(id)
        } catch {
            // No key opens it, and `store verify` tells of it. Swift 6.2 crashes at a pattern here.
            if case StorageFault.damaged = error { return nil }
            throw error
        }
    }

    private func begin(_ header: PhotoHeader) async throws -> PhotoUpload {
        guard let photos = store.photos else { throw ChatFault.photosOff }
        return try await photos.begin(header)
    }

    private func replace(_ upload: PhotoUpload) async throws {
        guard isCurrent(upload.header) else { return await upload.abandon() }
        try await put(upload)
        // It was removed meanwhile, and its name is there again.
        if !isCurrent(upload.header) { try await store.photos?.remove([upload.header.id]) }
    }

    private func isCurrent(_ header: PhotoHeader) -> Bool {
        guard files != nil else { return true }
        return isLoaded
            ? shelf[header.id]?.header == header : !removedEarly.contains(header.id)
    }
}

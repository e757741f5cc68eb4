internal import Storage

/// Photos that are sealed anew.
extension Photos {
    var named: [PhotoID] { Array(shelf.entries.keys) }

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
        guard shelf[id] != nil else { return nil }
        return try await files?.open(id)
    }

    private func begin(_ header: PhotoHeader) async throws -> PhotoUpload {
        guard let files else { throw ChatFault.photosOff }
        return try await files.begin(header)
    }

    private func replace(_ upload: PhotoUpload) async throws {
        guard shelf[upload.header.id]?.header == upload.header else {
            return await upload.abandon()
        }
        try await put(upload)
        // It was removed meanwhile, and its name is there again.
        if shelf[upload.header.id] == nil { try await files?.remove([upload.header.id]) }
    }
}

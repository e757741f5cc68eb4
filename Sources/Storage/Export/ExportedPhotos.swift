internal import Encoding
internal import EventLoop

/// The photos behind the records of a file of `store export`. They are the line `{"photos":2}`, and
/// so many photos as their files hold them.
///
/// A file whose messages name no photo ends with its records. All calls block.
struct ExportedPhotos {
    private static let lineBytesMax = 32

    let file: any DiskFile
    /// The offset at which the records end.
    let start: Int64
    let path: String

    // MARK: Writing

    /// Writes the sound ones of these photos. Those that are lost are found by their messages.
    func write(_ ids: [PhotoID], of folder: PhotoFolder) throws(StorageFault) {
        let sound = ids.sorted { $0.text < $1.text }.filter { (try? folder.verify($0)) != nil }
        let line = Self.line(sound.count)
        try write(line, at: start)
        var offset = start + Int64(line.count)
        for id in sound {
            guard let photo = try folder.open(id) else { throw .absent }
            try photo.forEachPiece { (piece, place) throws(StorageFault) in
                try write(piece, at: offset + place)
            }
            offset += photo.header.fileBytes
        }
        do { try file.sync() } catch { throw StorageFault(writing: error) }
    }

    private func write(_ bytes: [UInt8], at offset: Int64) throws(StorageFault) {
        do { try file.writeAll(bytes, at: offset) } catch { throw StorageFault(writing: error) }
    }

    static func line(_ count: Int) -> [UInt8] {
        var writer = JSONWriter(capacity: lineBytesMax)
        writer.beginObject()
        writer.field("photos", count)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    // MARK: Reading

    /// Passes every photo, whose checksum fits. Returns their number.
    ///
    /// - Throws: `.damaged`, also if something follows the last one.
    func forEach(
        _ take: (PhotoFile) throws(StorageFault) -> Void
    ) throws(StorageFault) -> Int {
        let (count, first) = try count()
        var offset = first
        for _ in 0..<count {
            let photo = try PhotoFile(file, at: offset, path: path)
            try photo.verify()
            try take(photo)
            offset += photo.header.fileBytes
        }
        guard try length() == offset else {
            throw .damaged(file: path, offset: offset, why: "something stands after its end")
        }
        return count
    }

    /// Returns the number of photos, and the offset of the first.
    func count() throws(StorageFault) -> (count: Int, first: Int64) {
        if try length() == start { return (0, start) }
        var bytes: [UInt8] = []
        do { try file.read(Self.lineBytesMax, at: start, appendingTo: &bytes) } catch {
            throw StorageFault(reading: error)
        }
        let line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
        guard let stated = (try? JSONValue.parse(line.span))?.object?["photos"]?.integer,
            stated >= 0, Self.line(Int(stated)) == Array(bytes.prefix(line.count + 1))
        else {
            throw .damaged(file: path, offset: start, why: "something stands after its end")
        }
        return (Int(stated), start + Int64(line.count) + 1)
    }

    private func length() throws(StorageFault) -> Int64 {
        do { return try file.length() } catch { throw StorageFault(reading: error) }
    }
}

extension PhotoFolder {
    /// Copies the photos of an export, each with its name.
    func take(_ photos: ExportedPhotos) throws(StorageFault) {
        var isMade = false
        _ = try photos.forEach { (photo) throws(StorageFault) in
            do {
                if !isMade { try make() }
                isMade = true
                let copy = try disk.open(file(photo.header.id), .replacing)
                try photo.forEachPiece { (piece, place) throws(StorageFault) in
                    do { try copy.writeAll(piece, at: place) } catch {
                        throw StorageFault(writing: error)
                    }
                }
                try copy.sync()
            } catch { throw StorageFault(writing: error) }
            guard try verify(photo.header.id) == photo.header else {
                throw .failed("photo \(photo.header.id) is not as it is in the file")
            }
        }
        guard isMade else { return }
        do { try disk.syncFolder(path) } catch { throw StorageFault(writing: error) }
    }
}

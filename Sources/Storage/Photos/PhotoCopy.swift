internal import EventLoop
internal import Glibc

/// Gives the photos of a store names in a copy of it, or copies them where the copy is on another
/// file system. A file never changes under its name, so both stores may share it. It blocks.
struct PhotoCopy {
    private static let pieceBytes = 256 << 10

    let source: PhotoFolder
    let destination: PhotoFolder
    let cancellation: Cancellation

    init(
        from source: PhotoFolder, to destination: PhotoFolder,
        cancellation: Cancellation = Cancellation()
    ) {
        self.source = source
        self.destination = destination
        self.cancellation = cancellation
    }

    /// Returns the length of the copied photos in bytes.
    ///
    /// - Parameter wanted: The photos, or nil for all.
    func run(_ folder: NewFolder, of wanted: [PhotoID]? = nil) throws(BackupFault) -> Int64 {
        let photos: [PhotoID]
        do {
            photos = try wanted ?? source.list().photos
        } catch { throw .store(StorageFault(reading: error)) }
        guard !photos.isEmpty else { return 0 }
        try folder.writing { () throws(SystemCallError) in try destination.make() }
        let neighbour = self.neighbour(of: folder.folder)
        var bytes: Int64 = 0
        for id in photos {
            if cancellation.isCancelled { throw .store(.closed) }
            bytes += try copy(id, neighbour, folder)
        }
        try folder.writing { () throws(SystemCallError) in
            try destination.disk.syncFolder(destination.path)
        }
        return bytes
    }

    /// Returns 0 for a photo that has gone with its message, or that the copy has.
    private func copy(
        _ id: PhotoID, _ neighbour: PhotoFolder?, _ folder: NewFolder
    ) throws(BackupFault) -> Int64 {
        do throws(SystemCallError) { return try link(id, of: source) } catch {
            if error.number == ENOENT || error.number == EEXIST { return 0 }
        }
        let file: (any DiskFile)?
        do { file = try source.disk.openIfThere(source.file(id), .reading) } catch {
            throw .store(StorageFault(reading: error))
        }
        guard let file else { return 0 }
        // A photo that went bad in the last copy is not taken over.
        if let neighbour, isSame(file, as: id, of: neighbour),
            (try? neighbour.verify(id)) != nil,
            let bytes = try? link(id, of: neighbour)
        {
            return bytes
        }
        return try write(file, to: destination.file(id), folder)
    }

    private func link(_ id: PhotoID, of other: PhotoFolder) throws(SystemCallError) -> Int64 {
        try destination.disk.link(other.file(id), to: destination.file(id))
        return try destination.disk.open(destination.file(id), .reading).length()
    }

    /// Returns the photos of the newest copy beside this one, whose files may get names here.
    private func neighbour(of copy: Folder) -> PhotoFolder? {
        let names = (try? copy.disk.list(copy.parent)) ?? []
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .map { Folder(path: "\(copy.parent)/\($0)", disk: copy.disk) }
            .last { folder in
                // The copy itself has no snapshot yet.
                (try? folder.disk.openIfThere(folder.snapshot, .reading)) != nil
            }
            .map { PhotoFolder(of: $0) }
    }

    /// Returns whether the length, the first line and the checksum are the same.
    private func isSame(_ file: any DiskFile, as id: PhotoID, of other: PhotoFolder) -> Bool {
        guard let known = try? other.disk.openIfThere(other.file(id), .reading),
            let length = try? file.length(), let knownLength = try? known.length(),
            length == knownLength
        else { return false }
        for place in [0, max(0, length - Int64(PhotoHeader.checksumBytes))] {
            var (one, two): ([UInt8], [UInt8]) = ([], [])
            let count = place == 0 ? PhotoHeader.bytesMax : PhotoHeader.checksumBytes
            guard (try? file.read(count, at: place, appendingTo: &one)) != nil,
                (try? known.read(count, at: place, appendingTo: &two)) != nil, one == two
            else { return false }
        }
        return true
    }

    private func write(
        _ file: any DiskFile, to path: String, _ folder: NewFolder
    ) throws(BackupFault) -> Int64 {
        let copy = try folder.writing { () throws(SystemCallError) in
            try destination.disk.open(path, .replacing)
        }
        var offset: Int64 = 0
        while true {
            var piece: [UInt8] = []
            do { try file.read(Self.pieceBytes, at: offset, appendingTo: &piece) } catch {
                throw .store(StorageFault(reading: error))
            }
            if piece.isEmpty { break }
            let (bytes, place) = (piece, offset)
            try folder.writing { () throws(SystemCallError) in
                try copy.writeAll(bytes, at: place)
            }
            offset += Int64(piece.count)
        }
        try folder.writing { () throws(SystemCallError) in try copy.sync() }
        return offset
    }
}

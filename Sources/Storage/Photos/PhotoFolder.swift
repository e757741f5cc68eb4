internal import Encoding
internal import EventLoop
internal import Glibc

/// The files of a store's photos, `photos/<id>` in its folder. All calls block.
struct PhotoFolder: Sendable {
    static let name = "photos"
    static let suffix = ".tmp"

    let path: String
    /// The path of the store's folder.
    let store: String
    let disk: any Disk

    init(of folder: Folder) {
        store = folder.path
        path = "\(folder.path)/\(Self.name)"
        disk = folder.disk
    }

    func file(_ id: PhotoID) -> String { "\(path)/\(id)" }

    /// Makes the folder, unless it is there.
    func make() throws(SystemCallError) {
        do throws(SystemCallError) { try disk.makeFolder(path) } catch {
            guard error.number == EEXIST else { throw error }
        }
    }

    /// Returns the ids of all files, and the names of what an interrupted write left behind.
    func list() throws(SystemCallError) -> (photos: [PhotoID], leftovers: [String]) {
        let names: [String]
        do throws(SystemCallError) { names = try disk.list(path) } catch {
            guard error.number == ENOENT else { throw error }
            return ([], [])
        }
        return (
            names.compactMap { name in
                PhotoID(ByteText(name)).flatMap { $0.description == name ? $0 : nil }
            }, names.filter { $0.hasSuffix(Self.suffix) }
        )
    }

    /// Opens a photo. Returns nil if there is no file, and throws if it is none of a photo.
    func open(_ id: PhotoID) throws(StorageFault) -> PhotoFile? {
        do {
            guard let file = try disk.openIfThere(self.file(id), .reading) else { return nil }
            let photo = try PhotoFile(file, path: self.file(id))
            guard photo.header.id == id else { throw photo.damage("it is another photo") }
            guard try file.length() == photo.header.fileBytes else {
                throw photo.damage("it is shorter or longer than it says")
            }
            return photo
        } catch { throw StorageFault(reading: error) }
    }

    /// Reads a whole file and compares its checksum. Returns its header, or nil if there is none.
    func verify(_ id: PhotoID) throws(StorageFault) -> PhotoHeader? {
        guard let photo = try open(id) else { return nil }
        try photo.verify()
        return photo.header
    }

    /// Removes the folder with everything in it, if it is there.
    func removeAll() throws(SystemCallError) {
        let names: [String]
        do throws(SystemCallError) { names = try disk.list(path) } catch {
            guard error.number == ENOENT else { throw error }
            return
        }
        for name in names { try disk.unlinkIfThere("\(path)/\(name)") }
        try disk.removeFolder(path)
    }

    /// Checks the photos that messages name.
    func report(named: some Sequence<PhotoID>) throws(StorageFault) -> PhotoReport {
        var report = PhotoReport()
        var unnamed: Set<PhotoID>
        do { unnamed = Set(try list().photos) } catch { throw StorageFault(reading: error) }
        for id in named {
            unnamed.remove(id)
            do throws(StorageFault) {
                if let header = try verify(id) {
                    report.count += 1
                    report.bytes += header.fileBytes
                } else {
                    report.missing.append(id)
                }
            } catch { report.damaged.append(error) }
        }
        report.unnamedCount = unnamed.count
        return report
    }

    /// Removes a photo, if it is there.
    func remove(_ id: PhotoID) throws(StorageFault) {
        do { try disk.unlinkIfThere(file(id)) } catch { throw StorageFault(writing: error) }
    }

    static func line(of checksum: CRC32C) -> [UInt8] {
        let value = checksum.value
        return (0..<8).map { Hex.digit(UInt8(truncatingIfNeeded: value >> (28 - 4 * $0)) & 15) }
            + [UInt8(ascii: "\n")]
    }
}

/// An open photo. Its content is not checked before the vault opens it.
package final class PhotoFile: Sendable {
    private let file: any DiskFile
    package let header: PhotoHeader
    private let path: String
    /// The offset at which it begins in the file.
    private let start: Int64

    /// Reads the header.
    ///
    /// - Throws: `.damaged` if no photo begins there.
    init(_ file: any DiskFile, at start: Int64 = 0, path: String) throws(StorageFault) {
        var bytes: [UInt8] = []
        do { try file.read(PhotoHeader.bytesMax, at: start, appendingTo: &bytes) } catch {
            throw StorageFault(reading: error)
        }
        guard let header = PhotoHeader(beginning: bytes) else {
            throw .damaged(file: path, offset: start, why: "no photo begins there")
        }
        self.file = file
        self.header = header
        self.path = path
        self.start = start
    }

    /// Returns a sealed chunk. It blocks.
    package func chunk(_ number: Int) throws(StorageFault) -> [UInt8] {
        let range = header.range(ofChunk: number)
        return try bytes(range.count, at: Int64(header.line.count + range.lowerBound))
    }

    /// Reads all of it and compares its checksum.
    ///
    /// - Throws: `.damaged`; `.failed`.
    func verify() throws(StorageFault) {
        var checksum = CRC32C()
        let end = header.fileBytes - Int64(PhotoHeader.checksumBytes)
        try forEachPiece(until: end) { (piece, _) throws(StorageFault) in
            checksum.update(piece.span)
        }
        guard try bytes(PhotoHeader.checksumBytes, at: end) == PhotoFolder.line(of: checksum)
        else { throw damage("its checksum does not fit") }
    }

    /// Passes all of the photo, in pieces with their offsets in it.
    func forEachPiece(
        until end: Int64? = nil,
        _ take: (_ piece: [UInt8], _ offset: Int64) throws(StorageFault) -> Void
    ) throws(StorageFault) {
        let end = end ?? header.fileBytes
        var offset: Int64 = 0
        while offset < end {
            let piece = try bytes(
                Int(min(Int64(PhotoHeader.chunkBytes), end - offset)), at: offset)
            if piece.isEmpty { throw damage("it ends too soon") }
            try take(piece, offset)
            offset += Int64(piece.count)
        }
    }

    func damage(_ why: String) -> StorageFault {
        .damaged(file: path, offset: start > 0 ? start : nil, why: why)
    }

    private func bytes(_ count: Int, at offset: Int64) throws(StorageFault) -> [UInt8] {
        var bytes: [UInt8] = []
        do { try file.read(count, at: start + offset, appendingTo: &bytes) } catch {
            throw StorageFault(reading: error)
        }
        return bytes
    }
}

/// A photo that is being written beside its place. It has no name of its own before `finish`.
final class PhotoDraft: Sendable {
    private let folder: PhotoFolder
    private let path: String
    private let file: any DiskFile
    let header: PhotoHeader

    init(_ header: PhotoHeader, number: Int, in folder: PhotoFolder) throws(StorageFault) {
        self.folder = folder
        self.header = header
        path = "\(folder.path)/\(header.id).\(number)\(PhotoFolder.suffix)"
        do {
            do throws(SystemCallError) { file = try folder.disk.open(path, .replacing) } catch {
                guard error.number == ENOENT else { throw error }
                try folder.make()
                file = try folder.disk.open(path, .replacing)
            }
            do { try file.writeAll(header.line, at: 0) } catch {
                try? folder.disk.unlinkIfThere(path)
                throw error
            }
        } catch { throw StorageFault(writing: error) }
    }

    func write(_ sealed: [UInt8], chunk number: Int) throws(StorageFault) {
        let range = header.range(ofChunk: number)
        precondition(range.count == sealed.count, "a sealed chunk has its length")
        do {
            try file.writeAll(sealed, at: Int64(header.line.count + range.lowerBound))
        } catch { throw StorageFault(writing: error) }
    }

    /// Makes the photo durable under its name.
    func finish(_ checksum: CRC32C) throws(StorageFault) {
        do {
            let end = header.fileBytes - Int64(PhotoHeader.checksumBytes)
            try file.writeAll(PhotoFolder.line(of: checksum), at: end)
            try file.sync()
            try folder.disk.rename(path, to: folder.file(header.id))
            try folder.disk.syncFolder(folder.path)
            // The folder itself may be new.
            try folder.disk.syncFolder(folder.store)
        } catch { throw StorageFault(writing: error) }
    }

    func abandon() { try? folder.disk.unlinkIfThere(path) }
}

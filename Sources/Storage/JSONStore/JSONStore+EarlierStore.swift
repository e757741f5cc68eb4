internal import EventLoop

extension JSONStore {
    /// The largest store of the earlier system that is read: it is held in memory as a whole.
    private static let earlierBytesMax: Int64 = 256 << 20

    /// The earlier system's `db.json` as it stands.
    ///
    /// - Throws: `.failed` where it cannot be read or is larger than that.
    package static func earlierStore(
        folder path: String, disk: any Disk = SystemDisk()
    ) async throws(StorageFault) -> [UInt8] {
        let folder = Folder(path: path, disk: disk)
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            var bytes: [UInt8] = []
            do {
                let file = try folder.disk.open(folder.snapshot, .reading)
                try file.read(Int(earlierBytesMax) + 1, at: 0, appendingTo: &bytes)
            } catch { throw StorageFault(reading: error) }
            guard bytes.count <= earlierBytesMax else {
                throw .failed("\(folder.snapshot) is larger than \(earlierBytesMax >> 20) MiB")
            }
            return bytes
        }
    }
}

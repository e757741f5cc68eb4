internal import EventLoop

extension JSONStore {
    /// The largest store of the earlier system that is read: it is held in memory as a whole.
    package static let earlierBytesMax: Int64 = 256 << 20

    /// The earlier system's `db.json` as it stands.
    ///
    /// - Throws: `.failed` where it cannot be read or is larger than `earlierBytesMax`.
    package static func earlierStore(
        folder path: String, disk: any Disk = SystemDisk()
    ) async throws(StorageFault) -> [UInt8] {
        let folder = Folder(path: path, disk: disk)
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            do {
                let file = try folder.disk.open(folder.snapshot, .reading)
                var bytes: [UInt8] = []
                try file.read(Int(earlierBytesMax) + 1, at: 0, appendingTo: &bytes)
                guard bytes.count <= earlierBytesMax else {
                    throw StorageFault.failed("\(folder.snapshot) is larger than 256 MiB")
                }
                return bytes
            } catch let error as SystemCallError {
                throw .failed(error.description)
            } catch let fault as StorageFault {
                throw fault
            } catch {
                preconditionFailure("an error of another kind")
            }
        }
    }
}

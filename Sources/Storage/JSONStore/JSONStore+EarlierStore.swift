internal import EventLoop

extension JSONStore {
    /// The earlier system's `db.json`, from its beginning. It blocks.
    ///
    /// - Throws: `.failed` where it cannot be opened.
    package static func earlierStore(
        folder path: String, disk: any Disk = SystemDisk()
    ) throws(StorageFault) -> EarlierRecords {
        let folder = Folder(path: path, disk: disk)
        do {
            return EarlierRecords(
                try folder.disk.open(folder.snapshot, .reading), path: folder.snapshot)
        } catch { throw StorageFault(reading: error) }
    }
}

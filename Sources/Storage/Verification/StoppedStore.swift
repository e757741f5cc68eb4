internal import EventLoop

/// A store that no process has open, read without any change, not even a new lock file. As long as
/// it exists, no process can open the store.
struct StoppedStore {
    private let lock: (any DiskFile)?
    let recovery: Recovery

    /// Locks and reads the store.
    ///
    /// - Throws: `.locked`, `.absent`, `.takeover`, `.journalOfAnother`, `.damaged`, `.failed`.
    init(_ folder: Folder) throws(StorageFault) {
        let isOurs: Bool
        do {
            lock = try folder.disk.openIfThere(folder.lock, .reading)
            isOurs = try lock?.lock() ?? true
        } catch { throw StorageFault(reading: error) }
        guard isOurs else { throw .locked }
        if try folder.isWithoutStore() { throw .absent }
        recovery = try Recovery.read(folder)
        if recovery.isNew { throw .absent }
    }
}

extension Folder {
    /// Returns whether the folder holds neither a snapshot nor a journal.
    func isWithoutStore() throws(StorageFault) -> Bool {
        do {
            if try disk.openIfThere(snapshot, .reading) != nil { return false }
            // A missing folder has no segments to list.
            return (try? segments())?.isEmpty ?? true
        } catch { throw StorageFault(reading: error) }
    }
}

internal import EventLoop

/// A store that no process has open, read without changing anything, not even making the lock
/// file; as long as it is held, no process can open it.
struct StoppedStore {
    private let lock: (any DiskFile)?
    let recovery: Recovery

    /// - Throws: `.locked`, `.absent`, `.takeover`, `.journalOfAnother`,
    ///   `.damaged`, `.failed`.
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
    /// Whether it holds neither a snapshot nor a journal.
    func isWithoutStore() throws(StorageFault) -> Bool {
        do {
            if try disk.openIfThere(snapshot, .reading) != nil { return false }
            // Without the folder there is nothing to list.
            return (try? segments())?.isEmpty ?? true
        } catch { throw StorageFault(reading: error) }
    }
}

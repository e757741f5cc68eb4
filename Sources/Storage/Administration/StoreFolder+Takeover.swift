internal import EventLoop

/// Keeps other processes from opening the store in a folder, as long as it exists.
package struct FolderLock: Sendable {
    let file: any DiskFile
}

/// The operations that a takeover of the earlier system's store needs.
extension StoreFolder {
    /// Locks the folder before it holds a store. Returns nil on a disk that takes no writes.
    ///
    /// - Throws: `.locked`; `.failed`.
    package func lock() throws(StorageFault) -> FolderLock? {
        try StoreStartup.lock(folder).map { FolderLock(file: $0) }
    }

    /// Returns a reader of the earlier system's `db.json`, at its beginning.
    ///
    /// - Throws: `.failed` if the file cannot be opened.
    package func earlierStore() throws(StorageFault) -> EarlierRecords {
        do {
            return EarlierRecords(
                try folder.disk.open(folder.snapshot, .reading), path: folder.snapshot)
        } catch { throw StorageFault(reading: error) }
    }
}

extension Creation {
    /// Creates the segment for the store's first changes.
    func makeJournal() throws(StorageFault) {
        do {
            _ = try Journal.create(firstSegment, after: 0, storeID: storeID, in: folder)
        } catch { throw StorageFault(writing: error) }
    }

    func replaceEarlierStore() throws(StorageFault) {
        let disk = folder.disk
        do {
            if let present = try disk.openIfThere(folder.snapshot, .reading) {
                guard try Outline.isEarlierStore(present) else {
                    throw StorageFault.refused("a store stands there already")
                }
                try keepOriginal()
            }
        } catch { throw StorageFault(writing: error) }
        try makeJournal()
        try finish()
    }
}

internal import EventLoop

/// As long as this is held, no other process can open the store in a folder.
package struct FolderLock: Sendable {
    let file: any DiskFile
}

/// What a takeover of the earlier system's store needs.
extension StoreFolder {
    /// Takes the folder before there is a store in it. Nil on a disk that takes no writes.
    ///
    /// - Throws: `.locked`; `.failed`.
    package func lock() throws(StorageFault) -> FolderLock? {
        try Opening.lock(folder).map { FolderLock(file: $0) }
    }

    /// The earlier system's `db.json`, from its beginning.
    ///
    /// - Throws: `.failed` where it cannot be opened.
    package func earlierStore() throws(StorageFault) -> EarlierRecords {
        do {
            return EarlierRecords(
                try folder.disk.open(folder.snapshot, .reading), path: folder.snapshot)
        } catch { throw StorageFault(reading: error) }
    }
}

extension Creation {
    /// Makes the segment that takes the store's first changes.
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

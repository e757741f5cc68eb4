package import Encoding
internal import EventLoop

/// As long as this is held, no other process can open the store in a folder.
package struct FolderLock: Sendable {
    let file: any DiskFile
}

extension JSONStore {
    /// Takes a folder before there is a store in it. Nil on a disk that takes no writes.
    ///
    /// - Throws: `.locked`; `.failed`.
    package static func lock(
        folder path: String, disk: any Disk = SystemDisk()
    ) throws(StorageFault) -> FolderLock? {
        try Opening.lock(Folder(path: path, disk: disk)).map { FolderLock(file: $0) }
    }

    /// Makes a store in place of the earlier system's, or where there is none, and keeps what
    /// stood there as `db.json.before-takeover`. May be done again after a crash at any point.
    ///
    /// - Parameters:
    ///   - users: Every contact is one of them, and mutual.
    ///   - messages: From and to these users; timestamps of a conversation differ.
    ///   - keys: Fingerprints of the vault's key versions.
    ///   - held: The folder's lock, where it has been taken.
    /// - Throws: `.locked`; `.refused` where the parts do not fit together or a store of this
    ///   system stands there already; `.full`; `.failed`.
    package static func create(
        folder path: String, users: [User], messages: some Sequence<StoredMessage> & Sendable,
        keys: [Int: ByteText], holding held: FolderLock? = nil, disk: any Disk = SystemDisk()
    ) async throws(StorageFault) {
        let folder = Folder(path: path, disk: disk)
        let threads = DiskThreads()
        try await threads.background.perform { () throws(StorageFault) in
            var lock = held?.file
            if lock == nil { lock = try Opening.lock(folder) }
            defer { withExtendedLifetime(lock) {} }
            var creation = Creation(folder: folder)
            creation.keys = keys
            try creation.write(users: users, messages: messages)
            try creation.replaceEarlierStore()
        }
    }

    /// Signs a `db.json` that was edited by hand: reads it as any JSON of the right shape, and
    /// writes it as the store does. No store may be open in the folder, and the journal must hold
    /// no change. It blocks, and holds the whole file in memory.
    ///
    /// - Parameters:
    ///   - latest: In milliseconds since 1970: a later message is refused. Nil where the clock
    ///     cannot be believed, or later ones are meant.
    /// - Throws: `.locked`; `.absent`; `.takeover`; `.refused` with what is wrong in it;
    ///   `.damaged`; `.full`; `.failed`.
    package static func accept(
        folder path: String, latest: Int64? = nil, disk: any Disk = SystemDisk()
    ) throws(StorageFault) -> StoreReport {
        let folder = Folder(path: path, disk: disk)
        if try folder.isWithoutStore() { throw .absent }
        let lock = try Opening.lock(folder)
        defer { withExtendedLifetime(lock) {} }
        var edited = try EditedStore(folder)
        try edited.sign(latest: latest)
        var report = StoreReport(try Recovery.read(folder), in: folder)
        report.notices = edited.notices
        return report
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

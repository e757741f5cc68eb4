internal import EventLoop

/// A JSON store's folder that no process has open: all that its operator can do with it. Each
/// function takes the folder's lock, blocks, and lets go of the folder in the end.
package struct StoreFolder: Sendable {
    let folder: Folder

    package init(_ path: String, disk: any Disk = SystemDisk()) {
        folder = Folder(path: path, disk: disk)
    }

    /// Whether the store may have, or make, a file or folder of this name in its folder.
    package static func mayOwn(_ name: String) -> Bool { Folder.mayOwn(name) }

    /// Whether the folder holds neither `db.json` nor a journal, or does not exist.
    package func isAbsent() throws(StorageFault) -> Bool { try folder.isWithoutStore() }

    /// Reads all of the store, and changes nothing: every checksum, record and change, whether ids
    /// and names are unique, timestamps increase, and contacts are known and mutual.
    ///
    /// - Throws: `.locked`, `.absent`, `.takeover`, `.journalOfAnother`, `.damaged`, `.failed`.
    package func verify() throws(StorageFault) -> StoreReport {
        let stopped = try StoppedStore(folder)
        defer { withExtendedLifetime(stopped) {} }
        var readable = ReadableRecords()
        if let snapshot = stopped.recovery.generation.snapshot {
            var friendships = Friendships()
            var reader = SnapshotReader(snapshot, path: folder.snapshot)
            _ = try reader.read(&friendships)
            if let found = friendships.oneSided {
                throw .damaged(
                    file: folder.snapshot, offset: found.offset,
                    why: "user \(found.user) has \(found.contact) as a contact, who does not "
                        + "have them")
            }
            reader = SnapshotReader(snapshot, path: folder.snapshot)
            _ = try reader.read(&readable)
        }
        var report = StoreReport(stopped.recovery, in: folder)
        report.readable = readable
        return report
    }

    /// Signs a `db.json` that was edited by hand: reads it as any JSON of the right shape, and
    /// writes it as the store does. The journal must hold no change. It holds the whole file in
    /// memory.
    ///
    /// - Parameters:
    ///   - latest: In milliseconds since 1970: a later message is refused. Nil where the clock
    ///     cannot be believed, or later ones are meant.
    /// - Throws: `.locked`; `.absent`; `.takeover`; `.refused` with what is wrong in it;
    ///   `.damaged`; `.full`; `.failed`.
    package func accept(latest: Int64? = nil) throws(StorageFault) -> StoreReport {
        if try folder.isWithoutStore() { throw .absent }
        let lock = try Opening.lock(folder)
        defer { withExtendedLifetime(lock) {} }
        var edited = try EditedStore(folder)
        try edited.sign(latest: latest)
        var report = StoreReport(try Recovery.read(folder), in: folder)
        report.notices = edited.notices
        return report
    }

    /// Copies the store; a torn tail stays behind. It writes nothing to the store's own folder.
    package func backup(to destination: String) throws(BackupFault) -> BackupReport {
        let stopped: StoppedStore
        do { stopped = try StoppedStore(folder) } catch { throw .store(error) }
        defer { withExtendedLifetime(stopped) {} }
        let recovery = stopped.recovery
        return try Backup(
            source: folder,
            destination: NewFolder(folder: Folder(path: destination, disk: folder.disk)),
            storeID: recovery.storeID, generation: recovery.generation,
            segmentLengths: recovery.sealedLengths + [recovery.lastEnd.length]
        ).run()
    }

    /// Puts a backup in the store's place. It may be done again after a crash at any point.
    ///
    /// - Throws: `.store` where the backup is not sound or a process has either of them;
    ///   `.destination` where the disk does not let it.
    package func restore(_ backup: String) throws(BackupFault) -> RestoreReport {
        try Restore(folder: folder, backup: Folder(path: backup, disk: folder.disk)).run()
    }

    /// Writes all that is sound in the store into a folder that is empty or not there, and tells of
    /// all that it leaves out.
    ///
    /// - Throws: `.store` with `.locked`, `.absent`, `.takeover` or `.failed`; `.destination`.
    package func salvage(
        to destination: String, tell: @escaping (SalvageNote) -> Void
    ) throws(BackupFault) -> SalvageReport {
        try Salvage(
            source: folder,
            destination: NewFolder(folder: Folder(path: destination, disk: folder.disk)),
            tell: tell
        ).run()
    }
}

internal import EventLoop

/// The folder of a JSON store that no process has open, with its operator's operations. Each
/// function locks the folder, blocks, and unlocks the folder at its end.
package struct StoreFolder: Sendable {
    let folder: Folder

    package init(_ path: String, disk: any Disk = SystemDisk()) {
        folder = Folder(path: path, disk: disk)
    }

    /// Returns whether the store may create, or have, a file or folder of this name in its folder.
    package static func mayOwn(_ name: String) -> Bool { Folder.mayOwn(name) }

    /// The name of the folder's folder for photos.
    package static let photosName = PhotoFolder.name

    /// Returns whether the folder holds neither `db.json` nor a journal, or does not exist.
    package func isAbsent() throws(StorageFault) -> Bool { try folder.isWithoutStore() }

    /// Reads the whole store and changes nothing.
    ///
    /// It checks every checksum, record and change. Ids and names must be unique, timestamps must
    /// increase, and contacts must exist and be mutual.
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
        report.photos = try PhotoFolder(of: folder).report(
            named: stopped.recovery.memory.take().index.photos.ids)
        return report
    }

    /// Signs a `db.json` that was edited by hand.
    ///
    /// It reads any JSON of the right shape and writes it in the store's layout. The journal must
    /// hold no change. It holds the whole file in memory.
    ///
    /// - Parameters:
    ///   - latest: The latest timestamp that is accepted, in milliseconds since 1970. Nil accepts
    ///     all, for a clock that may be wrong or for intended later times.
    /// - Throws: `.locked`; `.absent`; `.takeover`; `.refused` with the problem; `.damaged`;
    ///   `.full`; `.failed`.
    package func accept(latest: Int64? = nil) throws(StorageFault) -> StoreReport {
        if try folder.isWithoutStore() { throw .absent }
        let lock = try StoreStartup.lock(folder)
        defer { withExtendedLifetime(lock) {} }
        var edited = try EditedStore(folder)
        try edited.sign(latest: latest)
        var report = StoreReport(try Recovery.read(folder), in: folder)
        report.notices = edited.notices
        return report
    }

    /// Copies the store without a torn tail. It writes nothing to the store's own folder.
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

    /// Replaces the store with a backup. It can be repeated after a crash at any point.
    ///
    /// - Throws: `.store` if the backup is damaged or a process has either store open.
    ///   `.destination` if the disk refuses.
    package func restore(_ backup: String) throws(BackupFault) -> RestoreReport {
        try Restore(folder: folder, backup: Folder(path: backup, disk: folder.disk)).run()
    }

    /// Writes every sound record into a folder that is empty or does not exist, and reports every
    /// record that it leaves out.
    ///
    /// - Throws: `.store` with `.locked`, `.absent`, `.takeover` or `.failed`; `.destination`.
    package func salvage(
        to destination: String, report: @escaping (SalvageNote) -> Void
    ) throws(BackupFault) -> SalvageReport {
        try Salvage(
            source: folder,
            destination: NewFolder(folder: Folder(path: destination, disk: folder.disk)),
            report: report
        ).run()
    }
}

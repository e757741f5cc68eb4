internal import EventLoop

extension JSONStore {
    /// Reads all of a store that no process has open, and changes nothing: every checksum, record
    /// and change, whether ids and names are unique, timestamps increase, and contacts are known
    /// and mutual. It blocks.
    ///
    /// - Throws: `.locked`, `.absent`, `.takeover`, `.journalOfAnother`,
    ///   `.damaged`, `.failed`.
    package static func verify(
        folder path: String, disk: any Disk = SystemDisk()
    ) throws(StorageFault) -> StoreReport {
        let folder = Folder(path: path, disk: disk)
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
        }
        if let snapshot = stopped.recovery.generation.snapshot {
            var reader = SnapshotReader(snapshot, path: folder.snapshot)
            _ = try reader.read(&readable)
        }
        var report = StoreReport(stopped.recovery, in: folder)
        report.readable = readable
        return report
    }

    /// Whether the folder holds neither `db.json` nor a journal, or does not exist.
    package static func isAbsent(
        folder path: String, disk: any Disk = SystemDisk()
    ) throws(StorageFault) -> Bool {
        try Folder(path: path, disk: disk).isWithoutStore()
    }
}

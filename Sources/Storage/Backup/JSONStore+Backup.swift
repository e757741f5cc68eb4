internal import EventLoop

extension JSONStore {
    /// Copies the store into a folder that is empty or does not exist yet, while it goes on taking
    /// changes: the copy holds every change that was confirmed before, and of later ones those up
    /// to some point. Folds wait meanwhile. Cancelling the task ends it with `.closed`.
    package func backup(to path: String) async throws(BackupFault) -> BackupReport {
        try await compaction.backup(to: path)
    }

    /// Copies a store that no process has open; a torn tail stays behind. It blocks, and writes
    /// nothing to the store's own folder.
    package static func backup(
        folder path: String, to destination: String, disk: any Disk = SystemDisk()
    ) throws(BackupFault) -> BackupReport {
        let folder = Folder(path: path, disk: disk)
        let stopped: StoppedStore
        do { stopped = try StoppedStore(folder) } catch { throw .store(error) }
        defer { withExtendedLifetime(stopped) {} }
        let recovery = stopped.recovery
        return try Backup(
            source: folder, destination: NewFolder(folder: Folder(path: destination, disk: disk)),
            storeID: recovery.storeID, generation: recovery.generation,
            segmentLengths: recovery.sealedLengths + [recovery.lastEnd.length]
        ).run()
    }
}

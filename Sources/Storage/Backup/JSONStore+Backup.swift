internal import EventLoop

extension JSONStore {
    /// Copies the store into a folder that is empty or does not exist yet, while it goes on taking
    /// changes: the copy holds every change that was confirmed before, and of later ones those up
    /// to some point. Folds wait meanwhile. Cancelling the task ends it with `.closed`.
    package func backup(to path: String) async throws(BackupFault) -> BackupReport {
        await waitForCopy()
        if isClosed { throw .store(.closed) }
        isCopying = true
        defer { endCopying() }
        let end = journal?.length ?? preparation?.recovery.lastEnd.length ?? 0
        let backup = Backup(
            source: folder, destination: NewFolder(folder: Folder(path: path, disk: folder.disk)),
            storeID: storeID,
            generation: generation, segmentLengths: sealedLengths + [end])
        copyUnderWay = backup.cancellation
        defer { copyUnderWay = nil }
        let result: Result<BackupReport, BackupFault>?
        result = await withTaskCancellationHandler {
            try? await threads.background.perform { () throws(StorageFault) in
                do throws(BackupFault) { return .success(try backup.run()) } catch {
                    return .failure(error)
                }
            }
        } onCancel: {
            backup.cancellation.cancel()
        }
        guard let result else { throw .store(.busy) }
        return try result.get()
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

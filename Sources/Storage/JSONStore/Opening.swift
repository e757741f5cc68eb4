internal import EventLoop

/// All that happens to a folder before a store can answer from it; it blocks.
struct Opening: Sendable {
    /// Nil on a disk that takes no writes and holds no lock file.
    let lock: (any DiskFile)?
    let recovery: Recovery
    /// Of the revisions that the store hands out.
    let incarnation: Incarnation
    let exposures: [Exposure]
    /// Nil while the disk is full or takes no writes.
    let ready: Preparation.Ready?

    init(_ folder: Folder) throws(StorageFault) {
        lock = try Self.lock(folder)
        recovery = try Recovery.read(folder)
        // Before anything is changed.
        incarnation = CleanStop.incarnation(notedIn: lock, recovery)
        exposures = Exposure.end(
            in: folder, segments: recovery.generation.segments.map(\.number))
        guard lock != nil else {
            ready = nil
            return
        }
        do {
            ready = try Preparation(folder: folder, recovery: recovery).run()
        } catch {
            guard error.meansFull else { throw StorageFault(reading: error) }
            ready = nil
        }
    }

    /// Takes the folder for this process, making it where it does not exist.
    static func lock(_ folder: Folder) throws(StorageFault) -> (any DiskFile)? {
        let file: (any DiskFile)?
        let isOurs: Bool
        do {
            file = try lockFile(folder)
            isOurs = try file?.lock() ?? true
        } catch {
            if error.meansShortage { throw .shortage(error.description) }
            throw .failed("\(folder.lock): \(error)")
        }
        guard isOurs else { throw .locked }
        return file
    }

    private static func lockFile(_ folder: Folder) throws(SystemCallError) -> (any DiskFile)? {
        do {
            if let file = try folder.disk.openIfThere(folder.lock, .creating) { return file }
            try folder.disk.makeFolder(folder.path)
            return try folder.disk.open(folder.lock, .creating)
        } catch {
            guard error.meansFull else { throw error }
            return try folder.disk.openIfThere(folder.lock, .reading)
        }
    }
}

extension Preparation {
    /// As `run`, once the folder is this process's own: a disk that was full until now may not
    /// have held a lock file.
    func run(
        holding lock: (any DiskFile)?
    ) throws(StorageFault) -> (ready: Ready, lock: any DiskFile) {
        var lock = lock
        if lock == nil { lock = try Opening.lock(folder) }
        guard let lock else { throw .full }
        let ready: Ready
        do { ready = try run() } catch { throw StorageFault(writing: error) }
        return (ready, lock)
    }
}

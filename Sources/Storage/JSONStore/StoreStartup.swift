internal import Glibc
internal import EventLoop

/// The steps that a folder needs before a store can answer from it. They block.
struct StoreStartup: Sendable {
    /// Is nil on a disk that takes no writes and holds no lock file.
    let lock: (any DiskFile)?
    let recovery: Recovery
    /// The incarnation of the revisions that the store hands out.
    let incarnation: Incarnation
    let exposedFiles: [ExposedFile]
    /// Is nil while the disk is full or takes no writes.
    let ready: Preparation.Ready?

    init(_ folder: Folder) throws(StorageFault) {
        lock = try Self.lock(folder)
        recovery = try Recovery.read(folder)
        // The note of the clean stop is taken before any file changes.
        incarnation = CleanStop.takeIncarnation(recordedIn: lock, recovery)
        exposedFiles = ExposedFile.restrict(
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

    /// Locks the folder for this process, and makes the folder if it does not exist.
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
    /// Locks the folder if needed, and then runs. A disk that was full until now may not have held
    /// a lock file.
    func run(
        holding lock: (any DiskFile)?
    ) throws(StorageFault) -> (ready: Ready, lock: any DiskFile) {
        var lock = lock
        if lock == nil { lock = try StoreStartup.lock(folder) }
        guard let lock else { throw .full }
        let ready: Ready
        do { ready = try run() } catch { throw StorageFault(writing: error) }
        return (ready, lock)
    }
}

/// A file of the store that other users of the machine could read. A file that was copied back
/// brings its own mode along.
struct ExposedFile: Sendable {
    let path: String
    /// The reason why others still can read it, or nil if its mode is 0600 now.
    let fault: SystemCallError?

    /// Restricts the store's files to their owner, and returns those that were not.
    static func restrict(in folder: Folder, segments: [Int]) -> [ExposedFile] {
        let paths = [folder.snapshot, folder.original, folder.lock] + segments.map(folder.segment)
        return paths.compactMap { path in
            do throws(SystemCallError) {
                return try folder.disk.restrictFile(path)
                    ? ExposedFile(path: path, fault: nil) : nil
            } catch {
                return error.number == ENOENT ? nil : ExposedFile(path: path, fault: error)
            }
        }
    }
}

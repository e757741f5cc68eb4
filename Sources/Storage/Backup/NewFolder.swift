internal import EventLoop
internal import Glibc

/// A folder that is empty or does not exist, and becomes a store. `db.json` gets its name last, so
/// an interrupted copy is not a store.
struct NewFolder: Sendable {
    let folder: Folder

    private var disk: any Disk { folder.disk }

    /// Makes the folder if it does not exist, and requires it to be empty. Returns whether it was
    /// made.
    func enter() throws(BackupFault) -> Bool {
        do {
            try disk.makeFolder(folder.path)
            return true
        } catch {
            guard error.number == EEXIST else { throw refusal(error) }
        }
        let isEmpty = try writing { () throws(SystemCallError) in
            try disk.list(folder.path).isEmpty
        }
        guard isEmpty else {
            throw .destination(
                path: folder.path, why: "it is not empty; name a folder that is, or a new one")
        }
        try writing { () throws(SystemCallError) in try disk.restrictFolder(folder.path) }
        return false
    }

    func finish(isNew: Bool) throws(BackupFault) {
        try writing { () throws(SystemCallError) in
            // All other files of the copy are durable before `db.json` gets the name that makes it
            // a store.
            try disk.syncFolder(folder.path)
            try disk.rename(folder.unfinishedSnapshot, to: folder.snapshot)
            try disk.syncFolder(folder.path)
            if isNew { try disk.syncFolder(folder.parent) }
        }
    }

    func remove(segments: [Int], isNew: Bool) {
        try? disk.unlinkIfThere(folder.snapshot)
        try? disk.unlinkIfThere(folder.unfinishedSnapshot)
        for number in segments { try? disk.unlinkIfThere(folder.segment(number)) }
        try? PhotoFolder(of: folder).removeAll()
        if isNew { try? disk.removeFolder(folder.path) }
    }

    func writing<T>(_ work: () throws(SystemCallError) -> T) throws(BackupFault) -> T {
        do { return try work() } catch { throw refusal(error) }
    }

    private func refusal(_ error: SystemCallError) -> BackupFault {
        .destination(path: folder.path, why: error.description)
    }
}

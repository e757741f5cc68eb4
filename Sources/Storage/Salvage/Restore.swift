internal import EventLoop
internal import Glibc

/// Replaces the store in a stopped folder with a backup. The old store is moved into a folder
/// beside it, and never deleted. It blocks.
///
/// 1. The backup is verified and copied to `restored.tmp` in the folder. Every line of the copy is
///    verified again. Up to here nothing else has changed.
/// 2. The file `restoring` is made. While it exists no startup opens the folder, because it may
///    hold files of two stores. A power cut must not make a new store of them.
/// 3. The store's files move to `replaced-N`. The copy's files move to their place, `db.json` last.
/// 4. `restoring` is removed.
struct Restore {
    private static let replacedMax = 9_999

    let folder: Folder
    let backup: Folder

    private var disk: any Disk { folder.disk }
    private var copy: Folder { Folder(path: folder.restored, disk: disk) }

    func run() throws(BackupFault) -> RestoreReport {
        let lock: any DiskFile
        let report: StoreReport
        do throws(StorageFault) {
            report = try StoreFolder(backup.path, disk: backup.disk).verify()
            guard let taken = try StoreStartup.lock(folder) else { throw .full }
            lock = taken
        } catch { throw .store(error) }
        defer { withExtendedLifetime(lock) {} }
        try clearCopy()
        _ = try StoreFolder(backup.path, disk: disk).backup(to: copy.path)
        let replaced = try swap()
        return RestoreReport(
            users: report.users, messages: report.messages, replaced: replaced)
    }

    /// Removes the copy of an interrupted restore.
    private func clearCopy() throws(BackupFault) {
        try writing { () throws(SystemCallError) in
            let names: [String]
            do throws(SystemCallError) { names = try disk.list(copy.path) } catch {
                guard error.number == ENOENT else { throw error }
                return
            }
            try PhotoFolder(of: copy).removeAll()
            for name in names where name != PhotoFolder.name {
                try disk.unlinkIfThere("\(copy.path)/\(name)")
            }
            try disk.removeFolder(copy.path)
        }
    }

    /// Moves the files. Returns the folder of the old store, or nil if there was none.
    private func swap() throws(BackupFault) -> String? {
        try writing { () throws(SystemCallError) in
            try disk.open(folder.restoring, .creating).sync()
            try disk.syncFolder(folder.path)
            let replaced = try moveOld()
            for number in try copy.segments() {
                try disk.rename(copy.segment(number), to: folder.segment(number))
            }
            if try disk.list(copy.path).contains(PhotoFolder.name) {
                try disk.rename(PhotoFolder(of: copy).path, to: PhotoFolder(of: folder).path)
            }
            try disk.syncFolder(folder.path)
            try disk.rename(copy.snapshot, to: folder.snapshot)
            try disk.removeFolder(copy.path)
            try disk.syncFolder(folder.path)
            try disk.unlink(folder.restoring)
            try disk.syncFolder(folder.path)
            return replaced
        }
    }

    private func moveOld() throws(SystemCallError) -> String? {
        let names = try disk.list(folder.path).filter {
            $0 == "db.json" || $0 == "db.json.tmp" || $0 == PhotoFolder.name
                || Folder.segmentNumber($0) != nil
        }
        guard !names.isEmpty else { return nil }
        let place = try makeReplaced()
        for name in names { try disk.rename("\(folder.path)/\(name)", to: "\(place)/\(name)") }
        try disk.syncFolder(place)
        try disk.syncFolder(folder.path)
        return place
    }

    private func makeReplaced() throws(SystemCallError) -> String {
        for number in 1...Self.replacedMax {
            let place = "\(folder.path)/replaced-\(number)"
            do throws(SystemCallError) {
                try disk.makeFolder(place)
                return place
            } catch {
                guard error.number == EEXIST else { throw error }
            }
        }
        throw SystemCallError("mkdir", number: EEXIST)
    }

    private func writing<T>(_ work: () throws(SystemCallError) -> T) throws(BackupFault) -> T {
        do { return try work() } catch {
            throw .destination(path: folder.path, why: error.description)
        }
    }
}

/// The result of a restore.
package struct RestoreReport: Sendable, Equatable {
    package let users: Int
    package let messages: Int
    /// The folder that now holds the old store, or nil if there was none.
    package let replaced: String?
}

import EventLoop
import Glibc
import Program

/// Backups in one folder, of which the oldest make way: `chat-20260131T020000Z` and so on.
struct BackupSeries {
    private static let prefix = "chat-"
    private static let setAsideName = "not-good"

    let folder: String

    /// Returns the name of a backup of this time, in seconds since 1970.
    static func name(at seconds: Int64) -> String {
        prefix + WallClock.text(seconds: seconds).filter { $0 != "-" && $0 != ":" }
    }

    /// Returns the time that a name tells as 8 and 6 digits, or nil for a name of another form.
    static func digits(of name: String) -> String? {
        let bytes = Array(name.utf8)
        guard bytes.count == prefix.utf8.count + 16, name.hasPrefix(prefix),
            bytes[13] == UInt8(ascii: "T"), bytes[20] == UInt8(ascii: "Z"),
            (Array(5..<13) + Array(14..<20)).allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[$0])
            })
        else { return nil }
        return String(name.dropFirst(prefix.utf8.count))
    }

    /// Returns the names of the backups in the folder, the oldest first. None if it is not there.
    func names() throws(StartFailure) -> [String] {
        // One without db.json is unfinished, or no backup.
        try Self.names(in: folder)
            .filter {
                Self.digits(of: $0) != nil && access("\(folder)/\($0)/db.json", F_OK) == 0
            }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Deletes the oldest backups beyond `count`, and returns their names. `db.json` goes first, so
    /// that one which is deleted in part is no store.
    func rotate(keeping count: Int) throws(StartFailure) -> [String] {
        let gone = Array(try names().dropLast(count))
        for name in gone { try delete("\(folder)/\(name)") }
        return gone
    }

    /// Moves a backup whose check did not pass out of the series, in place of the one before it. It
    /// counts neither as the newest nor as one of those that are kept.
    func setAside(_ name: String) throws(StartFailure) {
        let place = "\(folder)/\(Self.setAsideName)"
        if access(place, F_OK) == 0 { try delete(place) }
        guard Glibc.rename("\(folder)/\(name)", place) == 0 else {
            throw .last("rename", "\(folder)/\(name)")
        }
    }

    private func delete(_ backup: String) throws(StartFailure) {
        guard unlink("\(backup)/db.json") == 0 || errno == ENOENT else {
            throw .last("delete", "\(backup)/db.json")
        }
        for name in try Self.names(in: backup) {
            let path = "\(backup)/\(name)"
            if unlink(path) == 0 { continue }
            // Photos lie in a folder of their own.
            guard errno == EISDIR else { throw .last("delete", path) }
            for name in try Self.names(in: path) {
                guard unlink("\(path)/\(name)") == 0 else {
                    throw .last("delete", "\(path)/\(name)")
                }
            }
            guard rmdir(path) == 0 else { throw .last("delete", path) }
        }
        guard rmdir(backup) == 0 else { throw .last("delete", backup) }
    }

    private static func names(in folder: String) throws(StartFailure) -> [String] {
        guard let entries = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw .last("look into", folder)
        }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}

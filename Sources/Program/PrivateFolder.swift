import Glibc

/// Folders that only their owner can enter.
package enum PrivateFolder {
    /// Returns the folder of a file.
    package static func holding(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes a folder and the missing folders above it, for their owner alone. It syncs each
    /// parent, or a power cut could take away a folder with synced files in it.
    package static func make(_ path: String) throws(StartFailure) {
        var parent = path.hasPrefix("/") ? "/" : "."
        var end = path.startIndex
        while end < path.endIndex {
            end = path[end...].dropFirst().firstIndex(of: "/") ?? path.endIndex
            let folder = String(path[..<end])
            if mkdir(folder, 0o700) == 0 {
                try sync(parent)
            } else if errno != EEXIST {
                throw .last("create", folder)
            }
            parent = folder
        }
    }

    /// Makes the names in a folder durable. Does nothing where this process may not read it.
    package static func sync(_ path: String) throws(StartFailure) {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else {
            if errno == EACCES { return }
            throw .last("look into", path)
        }
        defer { close(number) }
        guard fsync(number) == 0 else { throw .last("write", path) }
    }
}

/// A user and a group by number: an image without a base system has no names for them.
package struct FileOwner: Equatable, Sendable {
    package let user: UInt32
    package let group: UInt32

    /// Reads `uid:gid`. Returns nil for any other text.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let user = UInt32(parts[0]), let group = UInt32(parts[1]),
            // chown(2) takes all ones for "leave it as it is".
            user != .max, group != .max
        else { return nil }
        self.user = user
        self.group = group
    }
}

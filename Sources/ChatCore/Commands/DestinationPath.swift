import Glibc
import Program

/// Resolves the folder that a command writes to.
enum DestinationPath {
    /// Returns the absolute path of a folder that need not exist. Refuses one inside `folder`.
    static func absolute(
        _ destination: String, outside folder: String
    ) throws(StartFailure) -> String {
        var path = destination
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        guard !path.isEmpty else { throw StartFailure("the destination is empty; name a folder") }
        let absolute: String
        if let whole = realPath(path) {
            absolute = whole
        } else {
            let slash = path.lastIndex(of: "/")
            let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
            guard let whole = realPath(parent) else {
                throw .last("find", parent)
            }
            let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
            absolute = whole == "/" ? "/\(name)" : "\(whole)/\(name)"
        }
        if let own = realPath(folder), absolute == own || absolute.hasPrefix(own + "/") {
            throw StartFailure("\(absolute) is the data folder, or in it: name another place")
        }
        return absolute
    }

    /// Refuses a backup that is the data folder itself.
    static func requireApart(_ backup: String, _ data: String) throws(StartFailure) {
        guard let one = realPath(backup), one == realPath(data) else { return }
        throw StartFailure("\(backup) is the data folder itself; name a backup")
    }

    private static func realPath(_ path: String) -> String? {
        guard let whole = realpath(path, nil) else { return nil }
        defer { free(whole) }
        return String(cString: whole)
    }
}

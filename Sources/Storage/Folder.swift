internal import Encoding
internal import EventLoop
internal import Glibc

/// The folder of a store, with the paths of its files.
struct Folder: Sendable {
    /// The last number that a segment may have.
    static let segmentNumberMax = Int(ExactIntegers.max)

    let path: String
    let disk: any Disk

    init(path: String, disk: any Disk) {
        self.path = path
        self.disk = UninterruptedDisk(disk)
    }

    var snapshot: String { "\(path)/db.json" }
    var unfinishedSnapshot: String { "\(path)/db.json.tmp" }
    var original: String { "\(path)/db.json.before-takeover" }
    /// Exists while a restore replaces the files of the folder.
    var restoring: String { "\(path)/restoring" }
    /// Holds the backup's files until the restore has removed the old ones.
    var restored: String { "\(path)/restored.tmp" }
    var lock: String { "\(path)/lock" }

    /// The path of the parent folder.
    var parent: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    func segment(_ number: Int) -> String { "\(path)/\(Self.segmentName(number))" }

    static func segmentName(_ number: Int) -> String {
        let digits = String(number)
        return "journal-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// Returns the numbers of the segments, ascending. Returns none if there is no folder.
    func segments() throws(SystemCallError) -> [Int] {
        do {
            return try disk.list(path).compactMap(Self.segmentNumber).sorted()
        } catch {
            guard error.number == ENOENT else { throw error }
            return []
        }
    }

    /// Returns whether the store may create, or have, a file or folder of this name in its own
    /// folder.
    static func mayOwn(_ name: String) -> Bool {
        [
            "db.json", "journal-", "lock", "restoring", "restored.tmp", "merged.tmp", "replaced-",
            "photos",
        ].contains {
            name.hasPrefix($0)
        }
    }

    static func segmentNumber(_ name: String) -> Int? {
        guard name.hasPrefix("journal-"), let number = Int(name.dropFirst(8)), number > 0,
            segmentName(number) == name
        else { return nil }
        return number
    }
}

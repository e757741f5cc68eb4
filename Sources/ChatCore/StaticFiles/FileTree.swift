import Glibc
import Program

/// Reads all files below a folder into memory.
enum FileTree {
    struct File {
        /// The path relative to the folder.
        let path: String
        let bytes: [UInt8]
    }

    private static let filesMax = 1000
    private static let bytesMax = 16 << 20
    private static let depthMax = 8

    static func files(below folder: String) throws(StartFailure) -> [File] {
        var files: [File] = []
        try add(folder, "", depth: 0, to: &files)
        return files
    }

    private static func add(
        _ folder: String, _ prefix: String, depth: Int, to files: inout [File]
    ) throws(StartFailure) {
        guard depth < depthMax else { throw StartFailure("\(folder) is nested too deeply") }
        guard let stream = opendir(folder) else { throw .last("read", folder) }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") { continue }
            let path = "\(folder)/\(name)"
            var info = stat()
            guard stat(path, &info) == 0 else { throw .last("read", path) }
            if info.st_mode & S_IFMT == S_IFDIR {
                try add(path, "\(prefix)\(name)/", depth: depth + 1, to: &files)
            } else if info.st_mode & S_IFMT == S_IFREG {
                files.append(File(path: prefix + name, bytes: try contents(of: path)))
            }
            guard files.count <= filesMax else {
                throw StartFailure("\(folder) holds more than \(filesMax) files")
            }
        }
    }

    private static func contents(of path: String) throws(StartFailure) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .last("read", path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .last("read", path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= bytesMax else {
                throw StartFailure("\(path) is larger than \(bytesMax >> 20) MiB")
            }
        }
    }
}

import Cryptography
import Encoding

/// The files that the web client starts from, as its service worker keeps them.
///
/// The list is made from the files as they are, so it is never behind them.
enum Shell {
    /// The service worker. A folder without one needs no list.
    static let worker = "sw.js"
    static let path = "shell.js"

    private static let page = "index.html"
    private static let single = [page, "config.js", "manifest.webmanifest"]
    private static let folders = ["css/", "js/", "icons/", "images/"]
    private static let digestBytes = 16

    /// Returns the script that tells the worker the version, and the digest of each file: the
    /// first 16 bytes of its SHA-256, in base 16.
    ///
    /// - Parameter contentPolicy: Belongs to the page, and so to the version.
    static func script(of files: [FileTree.File], contentPolicy: String) -> [UInt8] {
        let names = files.filter { isPart($0.path) }.sorted {
            $0.path.utf8.lexicographicallyPrecedes($1.path.utf8)
        }
        var list = JSONWriter(capacity: names.count * 64)
        list.beginObject()
        for file in names {
            list.name(file.path)
            list.string(digest(of: file.bytes))
        }
        list.endObject()
        let version = digest(of: list.bytes + Array(contentPolicy.utf8))
        var script = Array("self.shell = {\"version\":\"\(version)\",\"files\":".utf8)
        script += list.bytes
        script += Array("};\n".utf8)
        return script
    }

    private static func isPart(_ path: String) -> Bool {
        if path.hasSuffix(".gz") { return false }
        return single.contains(path) || folders.contains { path.hasPrefix($0) }
    }

    private static func digest(of bytes: [UInt8]) -> String {
        Hex.encode(SHA256.digest(of: bytes.span).prefix(digestBytes))
    }
}

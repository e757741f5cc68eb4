import Encoding
import HTTP
import Program

/// The web client's files, loaded once at startup. Only loaded files are served, so no spelling of
/// a path reaches another file.
struct StaticFiles: Sendable {
    private struct File: Sendable {
        let type: String
        /// Nil if only the gzip is there. Every client is sent that.
        let plain: Representation?
        /// The gzip that lies beside the file, for clients that take it.
        let compressed: Representation?
    }

    /// A tag names a representation, not a file (RFC 9110 §8.8.3).
    private struct Representation: Sendable {
        let bytes: [UInt8]
        let tag: EntityTag

        init(_ bytes: [UInt8]) {
            // The files are public, so their tags need no key.
            var hash = SipHash()
            hash.combine(bytes.span)
            self.bytes = bytes
            tag = EntityTag(hash)
        }
    }

    /// A file of this name is served in place of the file without it, never by its own name.
    private static let compressedSuffix = ".gz"

    private var files: [ByteText: File] = [:]

    static let none = StaticFiles()

    private init() {}

    /// Loads all files below the folder, except hidden ones.
    ///
    /// - Parameter contentPolicy: The policy that the pages are sent with.
    init(folder: String, contentPolicy: String) throws(StartFailure) {
        let found = try FileTree.files(below: folder)
        var compressed: [ByteText: [UInt8]] = [:]
        for file in found where file.path.hasSuffix(Self.compressedSuffix) {
            let path = String(file.path.dropLast(Self.compressedSuffix.count))
            compressed[ByteText(path)] = file.bytes
        }
        for file in found where !file.path.hasSuffix(Self.compressedSuffix) {
            var small = compressed.removeValue(forKey: ByteText(file.path))
            if let bytes = small, !Gzip.isMade(bytes, from: file.bytes) { small = nil }
            add(file.path, file.bytes, small)
        }
        for (path, bytes) in compressed { add(path.string, nil, bytes) }
        guard files[ByteText("/" + Shell.worker)] != nil else { return }
        add(Shell.path, Shell.script(of: found, contentPolicy: contentPolicy), nil)
    }

    private mutating func add(_ path: String, _ plain: [UInt8]?, _ compressed: [UInt8]?) {
        files[ByteText("/" + path)] = File(
            type: ContentType.of(path), plain: plain.map(Representation.init),
            compressed: compressed.map(Representation.init))
    }

    /// Whether there is a page at `/`.
    var hasIndex: Bool { files["/index.html"] != nil }

    /// Returns the file at that path, or `index.html` of a folder; nil if there is none.
    func answer(_ request: Request, path: ByteText) -> Response? {
        let index = path.utf8.last == UInt8(ascii: "/") ? files[path + "index.html"] : nil
        guard let file = files[path] ?? index else { return nil }
        let isPlain = file.plain != nil && !AcceptEncoding.takesGzip(request)
        let compressed = isPlain ? nil : file.compressed
        guard let chosen = compressed ?? file.plain else { return nil }
        var response = chosen.tag.notModified
        if !chosen.tag.matches(request) {
            response = Response(
                .ok, fields: [("Content-Type", file.type), ("ETag", chosen.tag.text)],
                body: .shared(chosen.bytes))
            if compressed != nil { response.fields.append(("Content-Encoding", "gzip")) }
        }
        // A cache keeps an answer for each encoding where there are two.
        if file.compressed != nil, file.plain != nil {
            response.fields.append(("Vary", "Accept-Encoding"))
        }
        return response
    }
}

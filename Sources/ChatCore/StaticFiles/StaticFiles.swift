import Encoding
import HTTP
import Program

/// The web client's files, loaded once at startup. Only loaded files are served, so no spelling of
/// a path reaches another file.
struct StaticFiles: Sendable {
    private struct File: Sendable {
        let bytes: [UInt8]
        let type: String
        let tag: EntityTag
    }

    private var files: [ByteText: File] = [:]

    static let none = StaticFiles()

    private init() {}

    /// Loads all files below the folder, except hidden ones.
    init(folder: String) throws(StartFailure) {
        for file in try FileTree.files(below: folder) {
            // The files are public, so their tags need no key.
            var hash = SipHash()
            hash.combine(file.bytes.span)
            files[ByteText("/" + file.path)] = File(
                bytes: file.bytes, type: ContentType.of(file.path), tag: EntityTag(hash))
        }
    }

    /// Whether there is a page at `/`.
    var hasIndex: Bool { files["/index.html"] != nil }

    /// Returns the file at that path, or `index.html` of a folder; nil if there is none.
    func answer(_ request: Request, path: ByteText) -> Response? {
        let index = path.utf8.last == UInt8(ascii: "/") ? files[path + "index.html"] : nil
        guard let file = files[path] ?? index else { return nil }
        if file.tag.matches(request) { return file.tag.notModified }
        return Response(
            .ok, fields: [("Content-Type", file.type), ("ETag", file.tag.text)],
            body: .shared(file.bytes))
    }
}

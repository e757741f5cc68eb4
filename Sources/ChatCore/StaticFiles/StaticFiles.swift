import Encoding
import HTTP
import Program

/// The web client's files, loaded once. Only what was loaded can be served, so that no spelling of
/// a path reaches anything else.
struct StaticFiles: Sendable {
    private struct File: Sendable {
        let bytes: [UInt8]
        let type: String
        let tag: EntityTag
    }

    private var files: [ByteText: File] = [:]

    static let none = StaticFiles()

    private init() {}

    /// - Parameter folder: All files below it, except hidden ones, are served.
    init(folder: String) throws(StartFailure) {
        for file in try Folder.files(below: folder) {
            // Everybody may read the files: their tags need no key.
            var hash = SipHash()
            hash.combine(file.bytes.span)
            files[ByteText("/" + file.path)] = File(
                bytes: file.bytes, type: ContentType.of(file.path), tag: EntityTag(hash))
        }
    }

    /// Whether there is a page to begin with, at `/`.
    var hasIndex: Bool { files["/index.html"] != nil }

    /// The file at that path, `index.html` for a folder; nil where there is none.
    func answer(_ request: Request, path: ByteText) -> Response? {
        let index = path.utf8.last == UInt8(ascii: "/") ? files[path + "index.html"] : nil
        guard let file = files[path] ?? index else { return nil }
        if file.tag.matches(request) { return file.tag.notModified }
        return Response(
            .ok, fields: [("Content-Type", file.type), ("ETag", file.tag.text)],
            body: .shared(file.bytes))
    }
}

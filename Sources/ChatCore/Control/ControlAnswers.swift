import Encoding
import HTTP
import Storage

extension Response {
    /// Returns the answer `{id, username}` to an operation on a user.
    static func administered(_ user: User) -> Response {
        .json { body in
            body.field("id", user.id.text)
            body.field("username", user.username)
        }
    }

    /// Returns an answer of any length: one JSON object a line, streamed in pieces.
    static func lines<Element: Sendable>(
        _ elements: [Element], _ write: @escaping @Sendable (inout JSONWriter, Element) -> Void
    ) -> Response {
        let piecesOf = 256
        let stream: @Sendable (BodyWriter) async throws -> Void = { body in
            for start in stride(from: 0, to: elements.count, by: piecesOf) {
                var piece: [UInt8] = []
                for element in elements[start..<min(start + piecesOf, elements.count)] {
                    var line = JSONWriter(capacity: 256)
                    line.beginObject()
                    write(&line, element)
                    line.endObject()
                    piece.append(contentsOf: line.bytes)
                    piece.append(UInt8(ascii: "\n"))
                }
                try await body.write(piece)
            }
        }
        return Response(
            .ok, fields: [("Content-Type", "application/x-ndjson")], body: .stream(stream))
    }
}

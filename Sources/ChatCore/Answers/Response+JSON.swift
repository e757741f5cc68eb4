import Encoding
import HTTP

extension Response {
    /// An answer of the API: JSON that nobody between may keep.
    static func json(_ body: [UInt8], _ status: Status = .ok) -> Response {
        Response(
            status, fields: [("Content-Type", "application/json; charset=utf-8")],
            body: .bytes(body))
    }

    static func json(_ write: (inout JSONWriter) -> Void) -> Response {
        var body = JSONWriter(capacity: 256)
        body.beginObject()
        write(&body)
        body.endObject()
        return .json(body.bytes)
    }

    /// An answer that only says what was done: `{message}`.
    static func message(_ sentence: String) -> Response {
        .json { $0.field("message", sentence) }
    }
}

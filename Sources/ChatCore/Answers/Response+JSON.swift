import Encoding
import HTTP

extension Response {
    /// Returns an answer of the API: JSON that no cache may store.
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

    /// Returns the answer `{message}`, which confirms an action.
    static func message(_ sentence: String) -> Response {
        .json { $0.field("message", sentence) }
    }
}

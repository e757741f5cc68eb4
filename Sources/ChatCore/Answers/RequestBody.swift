import Encoding
import HTTP

/// The JSON object that a request brings, field by field.
struct RequestBody {
    private let object: JSONObject

    init(_ request: Request) throws(APIFault) {
        guard Self.isAnnounced(in: request) else { throw .lengthRequired }
        guard Self.isJSON(request.field("Content-Type")) else { throw .unsupportedMediaType }
        let bytes = request.body
        let value: JSONValue
        do throws(JSONFault) {
            value = try JSONValue.parse(bytes.span)
        } catch {
            throw .malformed("Isi permintaan bukan JSON yang sah (byte \(error.offset)).")
        }
        guard let object = value.object else {
            throw .malformed("Isi permintaan harus berupa objek JSON.")
        }
        self.object = object
    }

    func string(_ name: String) throws(APIFault) -> String {
        guard let text = try optionalString(name) else { throw .missing }
        return text
    }

    /// Nil where it is absent or null.
    func optionalString(_ name: String) throws(APIFault) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .malformed("\(name) harus berupa teks.")
        }
    }

    /// Without either field HTTP/1.1 means that there is no body (RFC 9112 §6.3): a client that has
    /// sent one is told what it left out, not that its JSON is bad.
    private static func isAnnounced(in request: Request) -> Bool {
        request.field("Content-Length") != nil || request.field("Transfer-Encoding") != nil
    }

    /// `application/json`, with UTF-8 as the only charset it may name (RFC 8259 §8.1).
    static func isJSON(_ contentType: String?) -> Bool {
        guard let contentType else { return false }
        if contentType == "application/json" { return true }
        let parts = contentType.lowercased().split(
            separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard trimmed(parts[0]) == "application/json" else { return false }
        guard parts.count > 1 else { return true }
        return ["charset=utf-8", "charset=\"utf-8\"", ""].contains(trimmed(parts[1]))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}

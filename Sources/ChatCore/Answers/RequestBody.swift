import Encoding
import HTTP

/// The JSON object that a request brings, field by field.
struct RequestBody {
    private let object: JSONObject

    init(_ request: Request) throws(APIFault) {
        guard Self.isAnnounced(in: request) else { throw .lengthRequired }
        guard request.withField("Content-Type", MediaType.isJSON) == true else {
            throw .unsupportedMediaType
        }
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

    func string(_ name: ByteText) throws(APIFault) -> ByteText {
        guard let text = try optionalString(name) else { throw .missing }
        return text
    }

    /// Nil where it is absent or null.
    func optionalString(_ name: ByteText) throws(APIFault) -> ByteText? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .malformed("\(name) harus berupa teks.")
        }
    }

    /// Nil where it is absent or null.
    func optionalInteger(
        _ name: ByteText, in range: ClosedRange<Int>
    ) throws(APIFault) -> Int? {
        switch object[name] {
        case nil, .null: nil
        case _: try integer(name, in: range)
        }
    }

    func integer(_ name: ByteText, in range: ClosedRange<Int>) throws(APIFault) -> Int {
        guard let number = object[name]?.integer.map({ Int(clamping: $0) }), range.contains(number)
        else { throw .missing }
        return number
    }

    /// Without either field HTTP/1.1 means that there is no body (RFC 9112 §6.3): a client that has
    /// sent one is told what it left out, not that its JSON is bad.
    private static func isAnnounced(in request: Request) -> Bool {
        request.hasField("Content-Length") || request.hasField("Transfer-Encoding")
    }
}

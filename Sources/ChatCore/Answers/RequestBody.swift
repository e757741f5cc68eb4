import Encoding
import HTTP

/// A refusal that is decided before the rules of the chat run.
enum APIFault: Error, Equatable {
    /// The sentence names the field and its problem.
    case malformed(String)
    /// The request has no field that states the length of its body.
    case lengthRequired
    case unsupportedMediaType
    case unauthorized
    case crossOrigin
    case notFound
    case methodNotAllowed(allowed: String)
    /// The process is shutting down.
    case stopping
    /// A takeover of the earlier system's store is running.
    case takingOver

    static let missing = APIFault.malformed("Parameter kurang")
}

/// The JSON object in a request's body. Each accessor validates one field.
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

    private init(_ object: JSONObject) { self.object = object }

    /// Returns the object in a field.
    func object(_ name: ByteText) throws(APIFault) -> RequestBody {
        switch object[name] {
        case nil, .null: throw .missing
        case .object(let inner): return RequestBody(inner)
        default: throw .malformed("\(name) harus berupa objek.")
        }
    }

    /// Returns nil if the field is absent or null.
    func optionalObject(_ name: ByteText) throws(APIFault) -> RequestBody? {
        switch object[name] {
        case nil, .null: nil
        case _: try self.object(name)
        }
    }

    func string(_ name: ByteText) throws(APIFault) -> ByteText {
        guard let text = try optionalString(name) else { throw .missing }
        return text
    }

    /// Returns nil if the field is absent or null.
    func optionalString(_ name: ByteText) throws(APIFault) -> ByteText? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .malformed("\(name) harus berupa teks.")
        }
    }

    /// Returns nil if the field is absent or null.
    func optionalInteger(
        _ name: ByteText, in range: ClosedRange<Int>
    ) throws(APIFault) -> Int? {
        switch object[name] {
        case nil, .null: nil
        case _: try integer(name, in: range)
        }
    }

    func integer(_ name: ByteText, in range: ClosedRange<Int>) throws(APIFault) -> Int {
        switch object[name] {
        case nil, .null: throw .missing
        case let value?:
            guard let number = value.wholeNumber.map({ Int(clamping: $0) }), range.contains(number)
            else {
                throw .malformed(
                    "\(name) harus bilangan bulat dari \(range.lowerBound) "
                        + "sampai \(range.upperBound).")
            }
            return number
        }
    }

    /// Returns a time in milliseconds since 1970, up to 2⁵³. Every JSON reader reads it exactly.
    func time(_ name: ByteText) throws(APIFault) -> Int64 {
        switch object[name] {
        case nil, .null: throw .missing
        case let value?:
            guard let time = value.wholeNumber, (0...Self.timeMax).contains(time) else {
                throw .malformed("\(name) harus bilangan bulat dari 0 sampai \(Self.timeMax).")
            }
            return time
        }
    }

    private static let timeMax: Int64 = 1 << 53

    /// Returns whether a field announces a body. Without one the request has no body (RFC 9112
    /// §6.3). The client then learns that the length is missing, not that its JSON is bad.
    private static func isAnnounced(in request: Request) -> Bool {
        request.hasField("Content-Length") || request.hasField("Transfer-Encoding")
    }
}

import Encoding
import HTTP
import Storage

/// The parameters of a request, read strictly.
struct RequestQuery {
    private let query: Query

    init(_ query: Query) {
        self.query = query
    }

    func required(_ name: StaticString) throws(APIFault) -> ByteText {
        guard let value = try optional(name), !value.isEmpty else { throw .missing }
        return value
    }

    /// Returns whether the parameter is that id. The usual spelling needs no copy of the parameter.
    func required(_ name: StaticString, is id: UserID) throws(APIFault) -> Bool {
        do throws(Query.Fault) {
            if try query.matches(name, id.text) == true { return true }
        } catch { throw Self.refusal(of: name, error) }
        return UserID(try required(name)) == id
    }

    func optional(_ name: StaticString) throws(APIFault) -> ByteText? {
        do throws(Query.Fault) {
            return try query.value(of: name)
        } catch { throw Self.refusal(of: name, error) }
    }

    private static func refusal(of name: StaticString, _ fault: Query.Fault) -> APIFault {
        switch fault {
        case .repeated: .malformed("\(name) hanya boleh sekali.")
        case .malformed: .malformed("\(name) tidak bisa dibaca.")
        }
    }

    func number(
        _ name: StaticString, in range: ClosedRange<Int64>
    ) throws(APIFault) -> Int64? {
        guard let text = try optional(name) else { return nil }
        guard text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
            let number = Int64(text.string),
            range.contains(number)
        else {
            throw .malformed(
                "\(name) harus bilangan bulat dari \(range.lowerBound) sampai \(range.upperBound).")
        }
        return number
    }
}

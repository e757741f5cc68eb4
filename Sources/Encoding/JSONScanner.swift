/// A position in a JSON text, and the steps forward from it. Every step gets the text, so that a
/// read borrows it and copies only the values asked for.
///
/// `JSONValue.parse` uses it. A reader of lines of a known shape uses it directly and allocates
/// nothing.
package struct JSONScanner {
    /// The next byte to read.
    package var offset: Int

    package init(at offset: Int = 0) {
        self.offset = offset
    }

    mutating func skipSpace(in bytes: Span<UInt8>) {
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"):
                offset += 1
            default: return
            }
        }
    }

    /// Steps over exactly these ASCII bytes.
    package mutating func expect(
        _ literal: StaticString, in bytes: Span<UInt8>
    ) throws(JSONFault) {
        if skip(literal, in: bytes) { return }
        guard bytes.count - offset >= literal.utf8CodeUnitCount else { throw fault(.endTooSoon) }
        var index = 0
        while bytes[offset + index] == literal.utf8Start[index] { index += 1 }
        throw JSONFault(offset: offset + index, problem: .unexpectedByte)
    }

    /// Steps over these ASCII bytes if they come next.
    package mutating func skip(_ literal: StaticString, in bytes: Span<UInt8>) -> Bool {
        let count = literal.utf8CodeUnitCount
        // Most literals differ in their first byte, and many have only one.
        guard bytes.count - offset >= count, bytes[offset] == literal.utf8Start[0],
            count == 1 || bytes.extracting(offset..<(offset + count)).equals(literal)
        else { return false }
        offset += count
        return true
    }

    /// Steps over a string. It neither undoes escapes nor checks UTF-8.
    package mutating func rawString(in bytes: Span<UInt8>) throws(JSONFault) -> RawJSONString {
        try expect("\"", in: bytes)
        let start = offset
        var isPlain = true
        while true {
            offset = UnescapedRun.end(in: bytes, from: offset)
            guard offset < bytes.count else { break }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return RawJSONString(inside: start..<(offset - 1), isPlain: isPlain)
            case UInt8(ascii: "\\"):
                isPlain = false
                offset += 2
            default: throw fault(.controlCharacter)
            }
        }
        throw JSONFault(offset: bytes.count, problem: .endTooSoon)
    }

    /// Reads a string with its escapes undone.
    package mutating func string(in bytes: Span<UInt8>) throws(JSONFault) -> ByteText {
        try rawString(in: bytes).text(in: bytes)
    }

    /// Reads a whole number that fits in 64 bits.
    package mutating func integer(in bytes: Span<UInt8>) throws(JSONFault) -> Int64 {
        let start = offset
        guard case .integer(let value) = try JSONNumber.read(&offset, in: bytes) else {
            throw JSONFault(offset: start, problem: .badNumber)
        }
        return value
    }

    /// Reads any value, after skipping space.
    package mutating func value(
        in bytes: Span<UInt8>, depthMax: Int = 32
    ) throws(JSONFault) -> JSONValue {
        skipSpace(in: bytes)
        guard offset < bytes.count else { throw fault(.endTooSoon) }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .object(try object(in: bytes, depthMax: depthMax))
        case UInt8(ascii: "["): return .array(try array(in: bytes, depthMax: depthMax))
        case UInt8(ascii: "\""): return .string(try string(in: bytes))
        case UInt8(ascii: "t"):
            try expect("true", in: bytes)
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false", in: bytes)
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null", in: bytes)
            return .null
        default: return try JSONNumber.read(&offset, in: bytes)
        }
    }

    private mutating func object(
        in bytes: Span<UInt8>, depthMax: Int
    ) throws(JSONFault) -> JSONObject {
        guard depthMax > 0 else { throw fault(.tooDeep) }
        offset += 1
        var object = JSONObject()
        skipSpace(in: bytes)
        if skip("}", in: bytes) { return object }
        while true {
            skipSpace(in: bytes)
            let start = offset
            let name = try string(in: bytes)
            skipSpace(in: bytes)
            try expect(":", in: bytes)
            let value = try value(in: bytes, depthMax: depthMax - 1)
            guard object.add(name, value) else {
                throw JSONFault(offset: start, problem: .duplicateName)
            }
            skipSpace(in: bytes)
            if skip(",", in: bytes) { continue }
            try expect("}", in: bytes)
            return object
        }
    }

    private mutating func array(
        in bytes: Span<UInt8>, depthMax: Int
    ) throws(JSONFault) -> [JSONValue] {
        guard depthMax > 0 else { throw fault(.tooDeep) }
        offset += 1
        var array: [JSONValue] = []
        skipSpace(in: bytes)
        if skip("]", in: bytes) { return array }
        while true {
            array.append(try value(in: bytes, depthMax: depthMax - 1))
            skipSpace(in: bytes)
            if skip(",", in: bytes) { continue }
            try expect("]", in: bytes)
            return array
        }
    }

    private func fault(_ problem: JSONFault.Problem) -> JSONFault {
        JSONFault(offset: offset, problem: problem)
    }
}

/// The reason why bytes are not the expected JSON text (RFC 8259), and the place.
package struct JSONFault: Error, Equatable, CustomStringConvertible {
    package enum Problem: String, Sendable {
        case endTooSoon = "the text ends too soon"
        case unexpectedByte = "a byte that cannot stand here"
        case badNumber = "not a number"
        case badEscape = "an escape that does not exist"
        case loneSurrogate = "half of a surrogate pair"
        case notUTF8 = "not UTF-8"
        case controlCharacter = "a control character inside a string"
        case duplicateName = "a name that stands twice in one object"
        case tooDeep = "nested too deeply"
        case bytesAfterEnd = "something stands after the end"
    }

    /// The place of the fault, in bytes from the start.
    package let offset: Int
    package let problem: Problem

    package init(offset: Int, problem: Problem) {
        self.offset = offset
        self.problem = problem
    }

    package var description: String { "\(problem.rawValue) (byte \(offset))" }
}

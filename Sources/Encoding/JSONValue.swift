/// Any JSON value (RFC 8259 §3), read strictly: UTF-8 only, no lone surrogates, no name twice in
/// one object, nothing after the end.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits in 64 bits.
    case integer(Int64)
    case double(Double)
    case string(ByteText)
    case array([JSONValue])
    case object(JSONObject)

    /// Reads one whole JSON text.
    ///
    /// - Parameter depthMax: The deepest nesting of arrays and objects.
    package static func parse(
        _ bytes: Span<UInt8>, depthMax: Int = 32
    ) throws(JSONFault) -> JSONValue {
        var scanner = JSONScanner()
        let value = try scanner.value(in: bytes, depthMax: depthMax)
        scanner.skipSpace(in: bytes)
        guard scanner.offset == bytes.count else {
            throw JSONFault(offset: scanner.offset, problem: .bytesAfterEnd)
        }
        return value
    }

    package var text: ByteText? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The value if it is a whole number below 2⁵³, also one that is written with a fraction of
    /// zeros or an exponent. To many JSON writers `5.0` is an integer.
    package var wholeNumber: Int64? {
        guard case .double(let value) = self else { return integer }
        return value.magnitude <= 0x1p53 ? Int64(exactly: value) : nil
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

/// The members of a JSON object in their order.
package struct JSONObject: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        package let name: ByteText
        package let value: JSONValue
    }

    package private(set) var members: [Member] = []
    /// Above this number a set finds a repeated name faster than a linear search.
    private static let fewMembers = 16
    private var names: Set<ByteText> = []

    package init() {}

    package subscript(name: ByteText) -> JSONValue? {
        index(of: name).map { members[$0].value }
    }

    private func index(of name: ByteText) -> Int? {
        let count = name.utf8Count
        // `firstIndex(where:)` would copy every member that it passes, and a comparison copies both
        // names. Most names differ in their length already.
        for index in members.indices
        where members[index].name.utf8Count == count && members[index].name == name {
            return index
        }
        return nil
    }

    /// Adds a member. Returns false, and adds nothing, if the name is taken.
    package mutating func add(_ name: ByteText, _ value: JSONValue) -> Bool {
        guard isNew(name) else { return false }
        members.append(Member(name: name, value: value))
        return true
    }

    private mutating func isNew(_ name: ByteText) -> Bool {
        if members.count < Self.fewMembers {
            return index(of: name) == nil
        }
        if names.isEmpty { names = Set(members.map(\.name)) }
        return names.insert(name).inserted
    }

    package static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.members == other.members
    }
}

internal import Encoding

/// A value that a statement takes, in PostgreSQL's binary format.
struct Parameter: Sendable {
    /// The numbers of types in PostgreSQL's catalog (pg_type.h).
    private enum ElementType: UInt32 {
        case boolean = 16
        case bytes = 17
        case number = 20
    }

    /// Nil is NULL.
    let bytes: [UInt8]?

    static func number(_ number: Int64?) -> Parameter {
        Parameter(bytes: number?.bigEndianBytes)
    }

    static func number(_ number: Int) -> Parameter { .number(Int64(number)) }

    static func text(_ text: ByteText?) -> Parameter {
        Parameter(bytes: text.map { [UInt8]($0.utf8) })
    }

    static func bytes(_ bytes: [UInt8]) -> Parameter { Parameter(bytes: bytes) }

    static func flag(_ flag: Bool?) -> Parameter {
        Parameter(bytes: flag.map { [$0 ? 1 : 0] })
    }

    static func numbers(_ numbers: [Int64?]) -> Parameter {
        array(.number, numbers.map { $0?.bigEndianBytes })
    }

    static func texts(_ texts: [ByteText?]) -> Parameter {
        array(.bytes, texts.map { $0.map { [UInt8]($0.utf8) } })
    }

    static func flags(_ flags: [Bool?]) -> Parameter {
        array(.boolean, flags.map { $0.map { [$0 ? 1 : 0] } })
    }

    /// Writes an array of one dimension. It begins with the number of dimensions, whether there
    /// are NULLs, and the elements' type. Their count, the first index and the elements follow,
    /// each element behind its length.
    private static func array(_ type: ElementType, _ elements: [[UInt8]?]) -> Parameter {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(elements.reduce(20) { $0 + 4 + ($1?.count ?? 0) })
        bytes += Int32(elements.isEmpty ? 0 : 1).bigEndianBytes
        bytes += Int32(elements.contains { $0 == nil } ? 1 : 0).bigEndianBytes
        bytes += type.rawValue.bigEndianBytes
        guard !elements.isEmpty else { return Parameter(bytes: bytes) }
        bytes += Int32(elements.count).bigEndianBytes
        bytes += Int32(1).bigEndianBytes
        for element in elements {
            bytes += Int32(element?.count ?? -1).bigEndianBytes
            if let element { bytes += element }
        }
        return Parameter(bytes: bytes)
    }
}

extension FixedWidthInteger {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

/// A statement with its values. Each connection prepares it once, under its name.
struct Statement: Sendable {
    let name: StaticString
    let sql: String
    var parameters: [Parameter] = []
    /// Whether it returns the ids of users whose contact lists it has changed.
    var tellsUsers = false

    init(_ name: StaticString, _ sql: String, _ parameters: [Parameter] = []) {
        self.name = name
        self.sql = sql
        self.parameters = parameters
    }

    static let begin = Statement("begin", "BEGIN ISOLATION LEVEL READ COMMITTED")
    /// Begins reads of one moment.
    static let beginReading = Statement(
        "begin_reading", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    static let commit = Statement("commit", "COMMIT")
    static let rollback = Statement("rollback", "ROLLBACK")
}

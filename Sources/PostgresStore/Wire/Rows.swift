internal import Encoding

/// The rows that a statement returned, in PostgreSQL's binary format, copied out of libpq's memory.
struct Rows: Sendable {
    let count: Int
    private let columnCount: Int
    private let bytes: [UInt8]
    /// The end of each value in `bytes`. It is complemented for a NULL.
    private let ends: [Int]

    static let none = Rows(
        count: 0, columnCount: 0, bytes: [], ends: [])

    /// - Parameter ends: For each value in order, where it ends in `bytes`. A negative number is
    ///   the bitwise complement of the place of a NULL.
    init(count: Int, columnCount: Int, bytes: [UInt8], ends: [Int]) {
        self.count = count
        self.columnCount = columnCount
        self.bytes = bytes
        self.ends = ends
    }

    var first: Row? { count > 0 ? Row(rows: self, number: 0) : nil }

    func map<Value>(_ body: (Row) throws -> Value) rethrows -> [Value] {
        try (0..<count).map { try body(Row(rows: self, number: $0)) }
    }

    func forEach(_ body: (Row) throws -> Void) rethrows {
        for number in 0..<count { try body(Row(rows: self, number: number)) }
    }

    /// Returns the place of a value, or nil if it is NULL.
    fileprivate func range(_ row: Int, _ column: Int) -> Range<Int>? {
        let index = row * columnCount + column
        guard ends[index] >= 0 else { return nil }
        let before = index > 0 ? ends[index - 1] : 0
        return (before >= 0 ? before : ~before)..<ends[index]
    }

    fileprivate func text(in range: Range<Int>) -> ByteText {
        ByteText(repairing: bytes.span.extracting(range))
    }

    fileprivate func bytes(in range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

    fileprivate func number(in range: Range<Int>) -> Int64 {
        var number: UInt64 = 0
        // A shorter integer is extended with its sign.
        if let first = range.first, bytes[first] & 0x80 != 0 { number = .max }
        for index in range { number = number << 8 | UInt64(bytes[index]) }
        return Int64(bitPattern: number)
    }

    fileprivate func flag(in range: Range<Int>) -> Bool { range.contains { bytes[$0] != 0 } }
}

/// One row. A value that must not be NULL is 0, empty or false if it is.
struct Row {
    fileprivate let rows: Rows
    fileprivate let number: Int

    /// Returns the bytes as they are, no text. It is empty if the value is NULL.
    func bytes(_ column: Int) -> [UInt8] {
        rows.range(number, column).map { rows.bytes(in: $0) } ?? []
    }

    func numberIfAny(_ column: Int) -> Int64? {
        rows.range(number, column).map { rows.number(in: $0) }
    }

    func textIfAny(_ column: Int) -> ByteText? {
        rows.range(number, column).map { rows.text(in: $0) }
    }

    func flagIfAny(_ column: Int) -> Bool? {
        rows.range(number, column).map { rows.flag(in: $0) }
    }

    func number(_ column: Int) -> Int64 { numberIfAny(column) ?? 0 }
    func text(_ column: Int) -> ByteText { textIfAny(column) ?? "" }
    func flag(_ column: Int) -> Bool { flagIfAny(column) ?? false }
}

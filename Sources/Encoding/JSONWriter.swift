/// Writes one JSON text into bytes, piece by piece, and adds the commas.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 0) {
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }
    /// Continues an array whose first elements are written elsewhere.
    package mutating func continueArray() { needsComma = true }

    package mutating func name(_ name: StaticString) {
        let comma = needsComma
        bytes.append(addingCapacity: Self.byteCount(name, comma)) {
            Self.begin(name, comma, in: &$0)
        }
        needsComma = false
    }

    package mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(text.utf8.span)
        closeString()
    }

    package mutating func string(_ text: ByteText) { string(text.string) }

    /// The value has at most 64 bits.
    package mutating func integer(_ value: some FixedWidthInteger) {
        separate()
        if let value = Int64(exactly: value) {
            if value < 0 { bytes.append(UInt8(ascii: "-")) }
            appendDigits(value.magnitude)
        } else {
            appendDigits(UInt64(truncatingIfNeeded: value))
        }
        needsComma = true
    }

    package mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
    package mutating func null() { literal("null") }

    /// Writes a value that is JSON already.
    package mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    package mutating func field(_ name: StaticString, _ value: String) {
        append(name, value.utf8.span, isPlain: false)
    }

    package mutating func field(_ name: StaticString, _ value: ByteText) {
        field(name, value.string)
    }

    package mutating func field(_ name: StaticString, _ value: JSONText) {
        value.withEscaped { append(name, $0, isPlain: true) }
    }

    /// A string that stands in another document, as it stands there.
    package mutating func field(
        _ name: StaticString, _ value: RawJSONString, in document: Span<UInt8>
    ) {
        append(name, document.extracting(value.inside), isPlain: true)
    }

    /// Writes three texts as one string, with a separator that needs no escape between them.
    ///
    /// - Parameter arePlain: Whether no byte of the texts, which are UTF-8, needs an escape.
    package mutating func field(
        _ name: StaticString, joining first: Span<UInt8>, _ second: Span<UInt8>,
        _ third: Span<UInt8>, by separator: UInt8, arePlain: Bool
    ) {
        let count = first.count + second.count + third.count + 2
        append(name, of: count, isPlain: arePlain) { piece in
            piece.append(copying: first)
            piece.append(separator)
            piece.append(copying: second)
            piece.append(separator)
            piece.append(copying: third)
        }
    }

    /// Writes `prefix` and three texts as one string, each text behind its length in bytes and a
    /// colon.
    ///
    /// - Parameters:
    ///   - prefix: Needs no escape.
    ///   - arePlain: Whether no byte of the texts, which are UTF-8, needs an escape.
    package mutating func field(
        _ name: StaticString, counting first: Span<UInt8>, _ second: Span<UInt8>,
        _ third: Span<UInt8>, after prefix: StaticString, arePlain: Bool
    ) {
        typealias Piece = OutputSpan<UInt8>
        let count =
            prefix.utf8CodeUnitCount + Piece.byteCount(counting: first)
            + Piece.byteCount(counting: second) + Piece.byteCount(counting: third)
        append(name, of: count, isPlain: arePlain) { piece in
            piece.append(copying: prefix)
            piece.append(counting: first)
            piece.append(counting: second)
            piece.append(counting: third)
        }
    }

    package mutating func field(_ name: StaticString, _ value: some FixedWidthInteger) {
        self.name(name)
        integer(value)
    }

    package mutating func field(_ name: StaticString, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func closeString() {
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        bytes.append(
            contentsOf: UnsafeBufferPointer(
                start: text.utf8Start, count: text.utf8CodeUnitCount))
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    /// Appends a name with a string.
    ///
    /// - Parameter isPlain: Whether no byte of the text needs an escape.
    private mutating func append(_ name: StaticString, _ text: Span<UInt8>, isPlain: Bool) {
        append(
            name, of: text.count,
            isPlain: isPlain || UnescapedRun.end(in: text, from: 0) == text.count
        ) { $0.append(copying: text) }
    }

    /// Appends a name with a string of `count` bytes, in one piece unless it needs escapes.
    private mutating func append(
        _ name: StaticString, of count: Int, isPlain: Bool,
        _ write: (inout OutputSpan<UInt8>) -> Void
    ) {
        guard isPlain else {
            self.name(name)
            bytes.append(UInt8(ascii: "\""))
            var text: [UInt8] = []
            text.append(addingCapacity: count, initializingWith: write)
            appendEscaped(text.span)
            return closeString()
        }
        let comma = needsComma
        bytes.append(addingCapacity: Self.byteCount(name, comma) + count + 2) { piece in
            Self.begin(name, comma, in: &piece)
            piece.append(UInt8(ascii: "\""))
            write(&piece)
            piece.append(UInt8(ascii: "\""))
        }
        needsComma = true
    }

    /// Writes a name with its punctuation.
    private static func begin(
        _ name: StaticString, _ comma: Bool, in piece: inout OutputSpan<UInt8>
    ) {
        if comma { piece.append(UInt8(ascii: ",")) }
        piece.append(UInt8(ascii: "\""))
        piece.append(copying: name)
        piece.append(UInt8(ascii: "\""))
        piece.append(UInt8(ascii: ":"))
    }

    private static func byteCount(_ name: StaticString, _ comma: Bool) -> Int {
        name.utf8CodeUnitCount + (comma ? 4 : 3)
    }

    private mutating func appendEscaped(_ text: Span<UInt8>) {
        var start = 0
        while true {
            let end = UnescapedRun.end(in: text, from: start)
            text.extracting(start..<end).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
            guard end < text.count else { return }
            appendEscape(of: text[end])
            start = end + 1
        }
    }

    private mutating func appendEscape(of byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Hex.digit(byte >> 4))
            bytes.append(Hex.digit(byte & 15))
        }
    }

    private mutating func appendDigits(_ value: UInt64) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (left, start) = (value, digits.count)
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: left % 10)
                left /= 10
            } while left > 0
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}

/// The escaped text between the quotes of a JSON string (RFC 8259 §7). It moves from one document
/// to another without decoding. It is always UTF-8, and every escape in it is whole.
package struct JSONText: Sendable {
    private let bytes: [UInt8]
    private let inside: Range<Int>
    /// Whether it has no escape, so that its bytes are its text.
    private let isPlain: Bool

    /// A string of the document `bytes`, which must be UTF-8 as a whole. The bytes are shared.
    package init(_ raw: RawJSONString, inUTF8 bytes: [UInt8]) throws(JSONFault) {
        try raw.checkEscapes(in: bytes.span)
        self.init(bytes, raw.inside, isPlain: raw.isPlain)
    }

    package init(_ text: ByteText) {
        let bytes = text.utf8.span
        if UnescapedRun.end(in: bytes, from: 0) == bytes.count {
            let copy = bytes.withUnsafeBufferPointer { Array($0) }
            self.init(copy, 0..<copy.count, isPlain: true)
        } else {
            var writer = JSONWriter(capacity: bytes.count + 32)
            writer.string(text)
            self.init(writer.bytes, 1..<(writer.bytes.count - 1), isPlain: false)
        }
    }

    /// Nil if the bytes are not UTF-8.
    package init?(utf8 bytes: [UInt8]) {
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        if UnescapedRun.end(in: bytes.span, from: 0) == bytes.count {
            self.init(bytes, 0..<bytes.count, isPlain: true)
        } else {
            self.init(ByteText(String(copying: text)))
        }
    }

    private init(_ bytes: [UInt8], _ inside: Range<Int>, isPlain: Bool) {
        self.bytes = bytes
        self.inside = inside
        self.isPlain = isPlain
    }

    /// Lends the escaped bytes. A slice would count one more reference to the array.
    func withEscaped(_ body: (Span<UInt8>) -> Void) { body(bytes.span.extracting(inside)) }

    package var isEmpty: Bool { inside.isEmpty }

    /// The text with its escapes undone.
    package var text: ByteText {
        let raw = RawJSONString(inside: inside, isPlain: isPlain)
        guard let text = try? raw.text(in: bytes.span) else {
            preconditionFailure("it was checked when it was made")
        }
        return text
    }

    /// The number of UTF-8 bytes of `text`.
    package var utf8Count: Int { isPlain ? inside.count : text.utf8Count }

    /// The UTF-8 of `text`, shared if it has no escape.
    package var utf8: ArraySlice<UInt8> { isPlain ? bytes[inside] : Array(text.utf8)[...] }
}

/// Equal if the texts are, however they are escaped.
extension JSONText: Equatable {
    package static func == (one: JSONText, other: JSONText) -> Bool { one.utf8 == other.utf8 }
}

extension JSONText: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(ByteText(text)) }
}

/// The query of a request target, read as a form (`a=1&b=two+words`). It was checked when the
/// request came in: every escape in it is whole, and what it decodes to is UTF-8 without NUL.
package struct Query: Sendable {
    private let bytes: [UInt8]
    private let range: Range<Int>

    package static let empty = Query(checked: [], 0..<0)

    /// Nil where an escape is broken or decodes to what is not text.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard Query.isValid(bytes.span, 0..<bytes.count) else { return nil }
        self.init(checked: bytes, 0..<bytes.count)
    }

    /// `bytes` are shared with whoever holds the head; no copy is made.
    init(checked bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
    }

    package var isEmpty: Bool { range.isEmpty }

    /// The query as it was sent, still encoded, without its "?".
    package var text: String { String(decoding: bytes[range], as: UTF8.self) }

    /// The value of the first parameter of that name, "+" and escapes undone.
    package subscript(name: String) -> String? {
        for item in items where item.name == name { return item.value }
        return nil
    }

    /// All parameters in their order. One without "=" has an empty value.
    package var items: [(name: String, value: String)] {
        bytes[range].split(separator: UInt8(ascii: "&")).map { item in
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            let value = equals < item.endIndex ? item[(equals + 1)...] : item[equals...]
            return (formDecoded(item[..<equals]), formDecoded(value))
        }
    }

    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        PercentEncoding.isPlain(bytes, range)
            || PercentEncoding.decode(bytes, range) != nil
    }

    private func formDecoded(_ part: ArraySlice<UInt8>) -> String {
        // Checked as a whole, and no scalar reaches across "&" or "=".
        guard part.contains(where: { $0 == UInt8(ascii: "+") || $0 == .percent }) else {
            return String(decoding: part, as: UTF8.self)
        }
        let spaced = part.map { $0 == UInt8(ascii: "+") ? .space : $0 }
        return PercentEncoding.decode(spaced.span, 0..<spaced.count) ?? ""
    }
}

internal import Encoding

/// The query of a request target, read as a form (`a=1&b=two+words`): taken apart once, and undone
/// only as far as somebody asks. It was checked when the request came in: every escape in it is
/// whole, and what it decodes to is UTF-8 without NUL.
package struct Query: Sendable {
    /// A parameter that is there more than once.
    package struct Repeated: Error {}

    private struct Item {
        let name: Range<Int>
        let value: Range<Int>
    }

    private let bytes: [UInt8]
    private let range: Range<Int>
    /// There is neither an escape nor a "+" in all of it.
    private let isPlain: Bool
    private var items: [Item] = []

    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        PercentEncoding.isPlain(bytes, range)
            || PercentEncoding.decode(bytes, range) != nil
    }

    /// `bytes` are shared with whoever holds the head; no copy is made.
    init(checked bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        let span = bytes.span
        isPlain =
            PercentEncoding.isPlain(span, range) && span.firstIndex(of: .plus, in: range) == nil
        items.reserveCapacity(4)
        var start = range.lowerBound
        while start < range.upperBound {
            let rest = start..<range.upperBound
            let end = span.firstIndex(of: .ampersand, in: rest) ?? rest.upperBound
            let equals = span.firstIndex(of: .equals, in: start..<end) ?? end
            if start < end {
                items.append(Item(name: start..<equals, value: min(equals + 1, end)..<end))
            }
            start = end + 1
        }
    }

    /// As it was sent, without its "?".
    package var text: String { String(copying: bytes.span.extracting(range)) }

    /// The value of the parameter of that name, "+" and escapes undone, and empty where it has no
    /// "="; nil where there is none.
    package func value(of name: StaticString) throws(Repeated) -> String? {
        var found: Item?
        for item in items where isNamed(item, name) {
            guard found == nil else { throw Repeated() }
            found = item
        }
        return found.map { text($0.value) }
    }

    private func isNamed(_ item: Item, _ name: StaticString) -> Bool {
        isPlain
            ? item.name.count == name.utf8CodeUnitCount
                && bytes.span.has(name, at: item.name.lowerBound)
            : text(item.name) == name.description
    }

    private func text(_ range: Range<Int>) -> String {
        if isPlain { return String(copying: bytes.span.extracting(range)) }
        // Checked as a whole, and no scalar reaches across "&" or "=".
        let spaced = bytes[range].map { $0 == .plus ? .space : $0 }
        return PercentEncoding.decode(spaced.span, 0..<spaced.count) ?? ""
    }
}

package import Encoding

/// The query of a request target, read as a form (`a=1&b=two+words`).
///
/// Only the parameters that are read are decoded. So a page is served with any query.
package struct Query: Sendable {
    /// The reason why a parameter has no value.
    package enum Fault: Error {
        /// It occurs more than once.
        case repeated
        /// Its value has an invalid escape or NUL, or is not UTF-8.
        case malformed
    }

    /// One parameter. Its value is empty if it has no "=".
    private struct Item {
        let name: Range<Int>
        let value: Range<Int>
    }

    private let bytes: [UInt8]
    private let range: Range<Int>
    /// Taken apart once, because an endpoint asks for several names.
    private let items: [Item]
    /// Whether the query has neither an escape nor a "+".
    private let isPlain: Bool

    /// Shares `bytes` with the request's head, without a copy.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        items = Self.items(bytes.span, range)
        isPlain =
            PercentEncoding.isPlain(bytes.span, range)
            && bytes.span.firstIndex(of: .plus, in: range) == nil
    }

    private static func items(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [Item] {
        if range.isEmpty { return [] }
        var items: [Item] = []
        items.reserveCapacity(6)
        var start = range.lowerBound
        while start < range.upperBound {
            let end =
                bytes.firstIndex(of: .ampersand, in: start..<range.upperBound)
                ?? range.upperBound
            if start < end {
                let equals = bytes.firstIndex(of: .equals, in: start..<end) ?? end
                items.append(Item(name: start..<equals, value: min(equals + 1, end)..<end))
            }
            start = end + 1
        }
        return items
    }

    package var isEmpty: Bool { range.isEmpty }

    /// The query as sent, without its "?".
    var text: ByteText { ByteText(repairing: bytes.span.extracting(range)) }

    /// Returns the decoded value of a parameter. It is empty without a "=". Returns nil if the
    /// parameter is missing.
    package func value(of name: StaticString) throws(Fault) -> ByteText? {
        guard let range = try valueRange(of: name) else { return nil }
        return try value(at: range)
    }

    /// Returns whether the parameter has this value, or nil if it is missing or empty.
    package func matches(_ name: StaticString, _ value: ByteText) throws(Fault) -> Bool? {
        guard let range = try valueRange(of: name), !range.isEmpty else { return nil }
        if isPlain { return bytes.span.extracting(range).equals(value.utf8.span) }
        return try self.value(at: range) == value
    }

    private func valueRange(of name: StaticString) throws(Fault) -> Range<Int>? {
        var found: Range<Int>?
        for item in items where isName(item.name, name) {
            guard found == nil else { throw .repeated }
            found = item.value
        }
        return found
    }

    private func isName(_ range: Range<Int>, _ name: StaticString) -> Bool {
        if isPlain {
            return range.count == name.utf8CodeUnitCount
                && bytes.span.has(name, at: range.lowerBound)
        }
        return decoded(range).map { $0.utf8.span.equals(name) } ?? false
    }

    private func value(at range: Range<Int>) throws(Fault) -> ByteText {
        guard let value = decoded(range) else { throw .malformed }
        return value
    }

    private func decoded(_ range: Range<Int>) -> ByteText? {
        if isPlain { return ByteText(repairing: bytes.span.extracting(range)) }
        let spaced = bytes[range].map { $0 == .plus ? .space : $0 }
        return PercentEncoding.decode(spaced.span, 0..<spaced.count)
    }
}

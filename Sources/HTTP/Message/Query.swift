package import Encoding

/// The query of a request target, read as a form (`a=1&b=two+words`) and decoded only as far as
/// somebody asks: pages are served whatever their query says.
package struct Query: Sendable {
    /// Why a parameter has no value.
    package enum Fault: Error {
        /// It is there more than once.
        case repeated
        /// Its value holds a broken escape or NUL, or decodes to no UTF-8.
        case malformed
    }

    private let bytes: [UInt8]
    private let range: Range<Int>
    /// There is neither an escape nor a "+" in all of it.
    private let isPlain: Bool

    /// `bytes` are shared with whoever holds the head; no copy is made.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        self.range = range
        isPlain =
            PercentEncoding.isPlain(bytes.span, range)
            && bytes.span.firstIndex(of: .plus, in: range) == nil
    }

    /// As it was sent, without its "?".
    var text: ByteText { ByteText(repairing: bytes.span.extracting(range)) }

    /// The value of the parameter of that name, "+" and escapes decoded, and empty where it has no
    /// "="; nil where there is none.
    package func value(of name: StaticString) throws(Fault) -> ByteText? {
        guard let range = try valueRange(of: name) else { return nil }
        return try value(at: range)
    }

    /// Whether that is its value; nil where there is none, or an empty one.
    package func matches(_ name: StaticString, _ value: ByteText) throws(Fault) -> Bool? {
        guard let range = try valueRange(of: name), !range.isEmpty else { return nil }
        if isPlain { return bytes.span.extracting(range).equals(value.utf8.span) }
        return try self.value(at: range) == value
    }

    private func valueRange(of name: StaticString) throws(Fault) -> Range<Int>? {
        var found: Range<Int>?
        var start = range.lowerBound
        while start < range.upperBound {
            let rest = start..<range.upperBound
            let end = bytes.span.firstIndex(of: .ampersand, in: rest) ?? rest.upperBound
            if start < end, let range = valueRange(of: name, in: start..<end) {
                guard found == nil else { throw .repeated }
                found = range
            }
            start = end + 1
        }
        return found
    }

    /// Where the value of one parameter lies, if that is its name.
    private func valueRange(of name: StaticString, in item: Range<Int>) -> Range<Int>? {
        if isPlain, !bytes.span.has(name, at: item.lowerBound) { return nil }
        let equals = bytes.span.firstIndex(of: .equals, in: item) ?? item.upperBound
        let found = item.lowerBound..<equals
        guard isPlain ? found.count == name.utf8CodeUnitCount : isName(found, name) else {
            return nil
        }
        return min(equals + 1, item.upperBound)..<item.upperBound
    }

    private func isName(_ range: Range<Int>, _ name: StaticString) -> Bool {
        decoded(range).map { $0.utf8.span.equals(name) } ?? false
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

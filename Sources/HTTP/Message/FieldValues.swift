internal import Encoding

/// The Bearer scheme of the Authorization field (RFC 6750 §2.1).
package enum BearerToken {
    private static let scheme: StaticString = "bearer"

    /// Returns the range of the token in the field's value. It comes after the scheme, in any case,
    /// and one or more spaces (RFC 9110 §11.4). Returns nil for another scheme or none.
    package static func range(in value: Span<UInt8>) -> Range<Int>? {
        let end = scheme.utf8CodeUnitCount
        guard value.count > end, value[end] == .space,
            value.extracting(0..<end).equalsIgnoringCase(scheme)
        else { return nil }
        var start = end
        while start < value.count, value[start] == .space { start += 1 }
        return start..<value.count
    }
}

/// The Content-Type field (RFC 9110 §8.3.1).
package enum MediaType {
    /// Returns whether the value is `application/octet-stream` without parameters.
    package static func isBytes(_ value: Span<UInt8>) -> Bool {
        value.extracting(value.withoutBlanks(0..<value.count))
            .equalsIgnoringCase("application/octet-stream")
    }

    /// Returns whether the value is `application/json`. UTF-8 is the only charset it may name, and
    /// no other parameter is allowed (RFC 8259 §8.1, §11).
    package static func isJSON(_ value: Span<UInt8>) -> Bool {
        if value.equals("application/json") { return true }
        let semicolon = value.firstIndex(of: .semicolon, from: 0) ?? value.count
        let type = value.extracting(value.withoutBlanks(0..<semicolon))
        guard type.equalsIgnoringCase("application/json") else { return false }
        let rest = value.withoutBlanks(min(semicolon + 1, value.count)..<value.count)
        let parameter = value.extracting(rest)
        return parameter.isEmpty || parameter.equalsIgnoringCase("charset=utf-8")
            || parameter.equalsIgnoringCase("charset=\"utf-8\"")
    }
}

internal import Encoding

/// The Bearer scheme of the Authorization field (RFC 6750 §2.1).
package enum BearerToken {
    private static let scheme: StaticString = "bearer"

    /// Returns where in the field's value the token lies: behind the scheme, in whatever case, and
    /// one or more spaces (RFC 9110 §11.4). Returns nil for another scheme or none.
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

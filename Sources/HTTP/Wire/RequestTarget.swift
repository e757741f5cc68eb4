internal import Encoding

/// A parsed request target (RFC 9112 §3.2). Ranges are those of the head.
struct RequestTarget: Sendable {
    /// The path. A text is made only for one that is read.
    enum Path: Sendable {
        /// The path as sent, which has no escapes.
        case plain(Range<Int>)
        /// The path with its escapes undone, and the range of the path as sent.
        case decoded(ByteText, sent: Range<Int>)
        /// The path that a target without one means.
        case implied(StaticString)
    }

    let path: Path
    /// The query without its "?". Empty if there is none.
    private(set) var query: Range<Int> = 0..<0
    /// The authority of the absolute and authority forms. It precedes Host (RFC 9112 §3.2.2).
    private(set) var authority: Range<Int>?

    /// Parses the target in `range`. Every method has the origin and absolute forms, OPTIONS also
    /// the asterisk, and CONNECT only the authority.
    init(
        in bytes: Span<UInt8>, _ range: Range<Int>, method: Method
    ) throws(HTTPFault) {
        if method == .connect {
            guard Authority.isValid(bytes, range, portRequired: true) else {
                throw .targetMalformed
            }
            path = .plain(range)
            authority = range
            return
        }
        if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*") {
            guard method == .options else { throw .targetMalformed }
            path = .plain(range)
            return
        }
        var start = range.lowerBound
        if !range.isEmpty, bytes[start] != .slash {
            let authority = try RequestTarget.authority(in: bytes, range)
            self.authority = authority
            start = authority.upperBound
        }
        if start == range.upperBound {
            // `OPTIONS http://host` is about the whole server (RFC 9112 §3.2.4).
            guard authority != nil else { throw .targetMalformed }
            path = .implied(method == .options ? "*" : "/")
            return
        }
        var end = range.upperBound
        if let mark = bytes.firstIndex(of: .questionMark, in: start..<end) {
            query = (mark + 1)..<end
            end = mark
            guard RequestTarget.contains(bytes, query, only: \.isQuery) else {
                throw .targetMalformed
            }
        }
        guard RequestTarget.contains(bytes, start..<end, only: \.isTarget) else {
            throw .targetMalformed
        }
        if start == end {
            path = .implied("/")
        } else if PercentEncoding.isPlain(bytes, start..<end) {
            path = .plain(start..<end)
            if bytes.firstIndex(of: .dot, in: start..<end) == nil { return }
            guard !RequestTarget.hasDotSegment(bytes.extracting(start..<end)) else {
                throw .targetMalformed
            }
        } else {
            guard let decoded = PercentEncoding.decode(bytes, start..<end),
                !RequestTarget.hasDotSegment(decoded.utf8.span)
            else { throw .targetMalformed }
            path = .decoded(decoded, sent: start..<end)
        }
    }

    /// Returns the authority of the absolute form. The scheme must be http or https.
    private static func authority(
        in bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(HTTPFault) -> Range<Int> {
        let start: Int
        if hasPrefix("http://", bytes, range) {
            start = range.lowerBound + 7
        } else if hasPrefix("https://", bytes, range) {
            start = range.lowerBound + 8
        } else {
            throw .targetMalformed
        }
        var end = start
        while end < range.upperBound, bytes[end] != .slash, bytes[end] != .questionMark {
            end += 1
        }
        guard Authority.isValid(bytes, start..<end) else { throw .targetMalformed }
        return start..<end
    }

    private static func hasPrefix(
        _ prefix: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Bool {
        guard range.count >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount {
            let byte = bytes[range.lowerBound + index]
            let lowercased = byte.isLetter ? byte | 0x20 : byte
            if lowercased != prefix.utf8Start[index] { return false }
        }
        return true
    }

    private static func contains(
        _ bytes: Span<UInt8>, _ range: Range<Int>, only isAllowed: (UInt8) -> Bool
    ) -> Bool {
        bytes.extracting(range).withUnsafeBufferPointer { $0.allSatisfy(isAllowed) }
    }

    /// Returns whether the path has a "." or ".." segment. Clients resolve these before sending, so
    /// such a request is an attack.
    private static func hasDotSegment(_ path: Span<UInt8>) -> Bool {
        var dots = 0
        var isOnlyDots = false
        for index in path.indices {
            let byte = path[index]
            if byte == .slash {
                if isOnlyDots, dots == 1 || dots == 2 { return true }
                (isOnlyDots, dots) = (true, 0)
            } else if byte == .dot {
                dots += 1
            } else {
                isOnlyDots = false
            }
        }
        return isOnlyDots && (dots == 1 || dots == 2)
    }
}

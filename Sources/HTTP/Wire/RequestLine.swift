internal import Encoding

/// `method SP request-target SP HTTP-version CRLF` (RFC 9112 §3), with one space each.
struct RequestLine {
    let method: Method
    let target: Range<Int>
    let version: Version
    /// The index after its CRLF.
    let end: Int

    init(in bytes: Span<UInt8>) throws(HTTPFault) {
        var methodEnd = 0
        while bytes[methodEnd].isToken { methodEnd += 1 }
        guard methodEnd > 0, bytes[methodEnd] == .space,
            let end = bytes.firstIndex(of: .space, from: methodEnd + 1),
            let lineFeed = bytes.firstIndex(of: .lineFeed, from: methodEnd + 1)
        else { throw .requestLineMalformed }
        target = (methodEnd + 1)..<end
        // "HTTP/1.1", and the end of the line.
        guard !target.isEmpty, lineFeed == end + 10, bytes[end + 9] == .carriageReturn,
            bytes.has("HTTP/", at: end + 1), bytes[end + 6].isDigit,
            bytes[end + 7] == .dot, bytes[end + 8].isDigit
        else { throw .requestLineMalformed }
        guard let version = Version(in: bytes, at: end + 1) else { throw .versionUnsupported }
        self.version = version
        self.end = lineFeed + 1
        guard let method = Method(in: bytes.extracting(0..<methodEnd)) else {
            throw .methodUnknown
        }
        self.method = method
    }
}

extension Version {
    /// Parses the version at `start`. Any other gives nil. RFC 9110 §2.5 would read 1.2 as 1.1, but
    /// only probes send it.
    init?(in bytes: Span<UInt8>, at start: Int) {
        if bytes.has("HTTP/1.1", at: start) {
            self = .http11
        } else if bytes.has("HTTP/1.0", at: start) {
            self = .http10
        } else {
            return nil
        }
    }
}

extension Method {
    /// Returns the method whose name is `bytes`, in its exact case.
    init?(in bytes: Span<UInt8>) {
        let candidate: Method
        switch (bytes.count, bytes[0]) {
        case (3, UInt8(ascii: "G")): candidate = .get
        case (3, UInt8(ascii: "P")): candidate = .put
        case (4, UInt8(ascii: "P")): candidate = .post
        case (4, UInt8(ascii: "H")): candidate = .head
        case (5, UInt8(ascii: "P")): candidate = .patch
        case (5, UInt8(ascii: "T")): candidate = .trace
        case (6, UInt8(ascii: "D")): candidate = .delete
        case (7, UInt8(ascii: "O")): candidate = .options
        case (7, UInt8(ascii: "C")): candidate = .connect
        default:
            self.init(unserved: bytes)
            return
        }
        if candidate.hasName(bytes) { self = candidate } else { self.init(unserved: bytes) }
    }

    /// The slower search, for methods without routes.
    private init?(unserved bytes: Span<UInt8>) {
        for method in Method.allCases where method.hasName(bytes) {
            self = method
            return
        }
        return nil
    }

    private func hasName(_ bytes: Span<UInt8>) -> Bool {
        let name = rawValue
        return bytes.equals(name.utf8.span)
    }
}

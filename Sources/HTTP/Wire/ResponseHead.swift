/// The head of a response to send, and the delivery of its body (RFC 9112 §6, §9).
struct ResponseHead {
    enum Delivery: Equatable {
        /// No body.
        case head
        /// The body's bytes, counted by Content-Length.
        case whole
        case chunked
        /// HTTP/1.0 has no chunks, so the end of the connection ends the body.
        case untilClose
    }

    let delivery: Delivery
    let keepsAlive: Bool

    private let version: Version
    private let contentLength: Int?

    init(_ response: Response, to method: Method, _ version: Version, keepsAlive: Bool) {
        precondition(response.status.code >= 200, "interim responses are the server's business")
        self.version = version
        let hasContent = method != .head && !response.status.forbidsContent
        switch response.body {
        case .none, .held:
            contentLength = response.status.forbidsContent ? nil : 0
            delivery = .head
        case .bytes(let bytes), .shared(let bytes):
            contentLength = response.status.forbidsContent ? nil : bytes.count
            delivery = hasContent && !bytes.isEmpty ? .whole : .head
        case .stream:
            contentLength = nil
            delivery = !hasContent ? .head : version == .http11 ? .chunked : .untilClose
        }
        self.keepsAlive = keepsAlive && delivery != .untilClose
    }

    /// Appends status line, fields and blank line. `common` are the server's own fields.
    func append(_ response: Response, _ common: FieldLines, to bytes: inout [UInt8]) {
        bytes.append("HTTP/1.1 ")
        bytes.append(decimal: response.status.code)
        bytes.append(.space)
        bytes.append(response.status.phrase)
        bytes.append("\r\n")
        bytes.append(contentsOf: common.bytes)
        for index in response.fields.indices {
            bytes.append(field: response.fields[index].name, response.fields[index].value)
        }
        bytes.append(contentsOf: response.commonFields.bytes)
        if let contentLength {
            bytes.append("Content-Length: ")
            bytes.append(decimal: contentLength)
            bytes.append("\r\n")
        }
        if delivery == .chunked { bytes.append("Transfer-Encoding: chunked\r\n") }
        if !keepsAlive {
            bytes.append("Connection: close\r\n")
        } else if version == .http10 {
            bytes.append("Connection: keep-alive\r\n")
        }
        bytes.append("\r\n")
    }
}

/// The chunked coding of a sent body (RFC 9112 §7.1).
enum ChunkCoding {
    /// The end of a chunk.
    static let end: StaticString = "\r\n"
    static let last: StaticString = "0\r\n\r\n"

    /// Appends the line before a chunk of `count` bytes. It must not be 0, which ends the body.
    static func begin(_ count: Int, in bytes: inout [UInt8]) {
        precondition(count > 0, "an empty chunk is the last one")
        bytes.append(hexadecimal: count)
        bytes.append("\r\n")
    }
}

import Testing

@testable import HTTP

@Suite struct ResponseHeadTests {
    private static let stream = Response.Body.stream { _ in }

    @Test func `a whole response has its length and the common fields`() {
        let response = Response(.ok, fields: [("Content-Type", "a/b")], body: .bytes([1, 2]))
        let (text, delivery) = head(response)
        #expect(
            text == "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: a/b\r\n"
                + "Content-Length: 2\r\n\r\n")
        #expect(delivery == .whole)
    }

    @Test func `HEAD has the head of GET and no body`() {
        let response = Response(.ok, body: .bytes([1, 2]))
        #expect(head(response, .head).text == head(response, .get).text)
        #expect(head(response, .head).delivery == .head)
        let streamed = Response(.ok, body: ResponseHeadTests.stream)
        #expect(head(streamed, .head).delivery == .head)
        #expect(!head(streamed, .head).text.contains("Content-Length"))
    }

    @Test(arguments: [204, 304])
    func `some statuses have neither body nor length`(code: Int) {
        for body in [Response.Body.none, .bytes([1]), ResponseHeadTests.stream] {
            let (text, delivery) = head(Response(Status(code: code), body: body))
            #expect(!text.contains("Content-Length") && !text.contains("Transfer-Encoding"))
            #expect(delivery == .head)
        }
    }

    @Test func `an empty body has length 0`() {
        #expect(head(Response(.ok)).text.contains("Content-Length: 0\r\n"))
        #expect(head(Response(.ok, body: .bytes([]))).delivery == .head)
    }

    @Test func `a stream is chunked, and in 1_0 ends with the connection`() {
        let response = Response(.ok, body: ResponseHeadTests.stream)
        #expect(head(response).delivery == .chunked)
        #expect(head(response).text.contains("Transfer-Encoding: chunked\r\n"))
        let old = head(response, .get, .http10)
        #expect(old.delivery == .untilClose)
        #expect(old.text.contains("Connection: close\r\n"))
        #expect(!old.text.contains("Transfer-Encoding"))
    }

    @Test func `the Connection field is sent if it is not the default`() {
        let response = Response(.ok)
        #expect(!head(response).text.contains("Connection"))
        #expect(head(response, keepsAlive: false).text.contains("Connection: close\r\n"))
        #expect(head(response, .get, .http10).text.contains("Connection: keep-alive\r\n"))
    }

    @Test func `no value ends its line`() {
        let response = Response(.ok, fields: [("Location", "/a\r\nSet-Cookie: b\0c\u{7f}é")])
        #expect(head(response).text.contains("Location: /a  Set-Cookie: b c é\r\n"))
    }

    @Test func `chunks decode to what was written`() throws {
        var bytes: [UInt8] = []
        let pieces = [1, 15, 16, 255, 256, 5000].map {
            [UInt8](repeating: UInt8($0 & 255), count: $0)
        }
        for piece in pieces {
            ChunkCoding.begin(piece.count, in: &bytes)
            bytes += piece
            bytes.append(ChunkCoding.end)
        }
        bytes.append(ChunkCoding.last)
        var decoder = ChunkedDecoder()
        var body: [UInt8] = []
        #expect(try decoder.decode(bytes.span, Limits(), appendingTo: &body) == bytes.count)
        #expect(decoder.isDone && body == pieces.flatMap { $0 })
    }

    @Test func `a response is collected without a socket`() async throws {
        let response = Response(
            .ok,
            body: .stream { writer in
                try await writer.write([1])
                try await writer.write([])
                try await writer.write([2, 3])
            })
        #expect(try await response.bodyBytes() == [1, 2, 3])
    }

    private func head(
        _ response: Response, _ method: Method = .get, _ version: Version = .http11,
        keepsAlive: Bool = true
    ) -> (text: String, delivery: ResponseHead.Delivery) {
        let head = ResponseHead(response, to: method, version, keepsAlive: keepsAlive)
        var bytes: [UInt8] = []
        head.append(response, FieldLines([("Date", "now")]), to: &bytes)
        return (String(decoding: bytes, as: UTF8.self), head.delivery)
    }
}

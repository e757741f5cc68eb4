import Testing

@testable import HTTP

@Suite struct ResponseParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let method: Method
        let text: String
        /// Status, body and fate of the connection; "more", or the fault.
        let expected: String
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ expected: String, _ method: Method = .get) {
            self.name = name
            self.method = method
            self.text = text
            self.expected = expected
        }
    }

    private static let cases = [
        Case("a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", "200 ab keep"),
        Case("no reason", "HTTP/1.1 204 \r\n\r\n", "204  keep"),
        Case("no reason and no space", "HTTP/1.1 204\r\n\r\n", "204  keep"),
        Case(
            "a length with HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "200  keep", .head
        ),
        Case("304 with a length", "HTTP/1.1 304 A\r\nContent-Length: 2\r\n\r\n", "304  keep"),
        Case(
            "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            "200 ab keep"),
        Case("until the end", "HTTP/1.1 200 OK\r\n\r\nabc", "200 abc close"),
        Case(
            "closing", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "200  close"),
        Case("an old server", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", "200 a close"),
        Case(
            "interim responses",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200  keep"),
        Case("an upgrade", "HTTP/1.1 101 Switching\r\n\r\n", "requestLineMalformed"),
        Case("another protocol", "SSH-2.0-OpenSSH\r\n\r\n", "requestLineMalformed"),
        Case("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "requestLineMalformed"),
        Case("a status too low", "HTTP/1.1 099 OK\r\n\r\n", "requestLineMalformed"),
        Case("a field with a space", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "fieldMalformed"),
        Case(
            "two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "lengthMalformed"),
        Case(
            "a length and chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "framingAmbiguous"),
        Case("too much", "HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n", "bodyTooLarge"),
        Case("a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", "more"),
        Case("a head cut short", "HTTP/1.1 200 OK\r\n", "more"),
    ]

    @Test(arguments: cases)
    func `a response is read, whole and byte by byte`(test: Case) {
        let bytes = Array(test.text.utf8)
        #expect(outcome([bytes[...]], test.method) == test.expected)
        #expect(outcome(cut(bytes, at: Array(0..<bytes.count)), test.method) == test.expected)
    }

    private func outcome(_ pieces: [ArraySlice<UInt8>], _ method: Method) -> String {
        var parser = ResponseParser(answering: method)
        var input: [UInt8] = []
        do {
            for piece in pieces {
                input += piece
                var taken = 0
                let outcome = try parser.parse(input.span, Limits(), taken: &taken)
                input.removeFirst(taken)
                if case .response(let response, let keepsAlive) = outcome {
                    return describe(response, keepsAlive)
                }
            }
        } catch {
            return "\(error)"
        }
        return parser.end().map { describe($0, false) } ?? "more"
    }

    private func describe(_ response: ClientResponse, _ keepsAlive: Bool) -> String {
        let body = String(decoding: response.body, as: UTF8.self)
        return "\(response.status.code) \(body) " + (keepsAlive ? "keep" : "close")
    }
}

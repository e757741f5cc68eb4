import Testing

@testable import HTTP

/// A request at a limit is accepted. One over it is refused with the status of that limit.
@Suite struct LimitsTests {
    private static let field = "Host: h\r\n"
    private static let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func `the request line`() {
        var limits = Limits()
        limits.requestLineBytesMax = 32
        check(limits, .requestLineTooLong, 414) { over in
            "GET /" + String(repeating: "a", count: 16 + over) + " HTTP/1.1\r\nHost: h\r\n\r\n"
        }
    }

    @Test func `the head`() {
        var limits = Limits()
        limits.headBytesMax = 64
        check(limits, .headTooLarge, 431) { over in
            "GET / HTTP/1.1\r\nHost: h\r\nA: " + String(repeating: "a", count: 32 + over)
                + "\r\n\r\n"
        }
    }

    @Test func `the number of fields`() {
        var limits = Limits()
        limits.fieldCountMax = 3
        check(limits, .fieldsTooMany, 431) { over in
            "GET / HTTP/1.1\r\nHost: h\r\n" + String(repeating: "A: b\r\n", count: 2 + over)
                + "\r\n"
        }
    }

    @Test func `the body, of known length and in chunks`() {
        var limits = Limits()
        limits.bodyBytesMax = 20
        check(limits, .bodyTooLarge, 413) { over in
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \(20 + over)\r\n\r\n"
                + String(repeating: "a", count: 20 + over)
        }
        check(limits, .bodyTooLarge, 413) { over in
            LimitsTests.chunked + "a\r\n0123456789\r\n"
                + String(10 + over, radix: 16) + "\r\n"
                + String(repeating: "a", count: 10 + over) + "\r\n0\r\n\r\n"
        }
    }

    @Test func `the extensions of all chunks together`() {
        var limits = Limits()
        limits.chunkExtensionBytesMax = 10
        check(limits, .chunkExtensionTooLong, 413) { over in
            LimitsTests.chunked + "1;abcde\r\nx\r\n0;"
                + String(repeating: "f", count: 5 + over) + "\r\n\r\n"
        }
    }

    @Test func `the trailer, in bytes and in fields`() {
        var limits = Limits()
        limits.trailerBytesMax = 20
        check(limits, .trailerTooLarge, 431) { over in
            LimitsTests.chunked + "0\r\nA: " + String(repeating: "b", count: 13 + over)
                + "\r\n\r\n"
        }
        limits.trailerBytesMax = 1000
        limits.fieldCountMax = 2
        check(limits, .fieldsTooMany, 431) { over in
            LimitsTests.chunked + "0\r\n" + String(repeating: "A: b\r\n", count: 2 + over)
                + "\r\n"
        }
    }

    private func check(
        _ limits: Limits, _ fault: HTTPFault, _ status: Int, _ request: (_ over: Int) -> String
    ) {
        for stepped in [false, true] {
            let fits = Array(request(0).utf8)
            let offsets = stepped ? Array(0..<fits.count) : []
            #expect(transcript(cut(fits, at: offsets), limits).first?.hasPrefix("fault") == false)
            let over = Array(request(1).utf8)
            #expect(
                transcript(cut(over, at: offsets), limits) == ["fault \(fault) \(status)"])
        }
    }
}

import Encoding
import EventLoop
import Testing
import TestSupport

@testable import HTTP

private let accepted = WireFixture.load("accepted.txt")
private let fixtures = accepted + WireFixture.load("refused.txt")

@Suite struct RequestParserTests {
    @Test(arguments: fixtures)
    func `a request is read as its fixture says`(fixture: WireFixture) {
        #expect(transcript([fixture.sent[...]]) == fixture.expected)
    }

    @Test(arguments: fixtures)
    func `a request is read the same byte by byte`(fixture: WireFixture) {
        let offsets = Array(0..<fixture.sent.count)
        #expect(transcript(cut(fixture.sent, at: offsets)) == fixture.expected)
    }

    @Test(arguments: fixtures)
    func `a request is read the same in any two pieces`(fixture: WireFixture) {
        for offset in 0...fixture.sent.count {
            #expect(
                transcript(cut(fixture.sent, at: [offset])) == fixture.expected, "cut at \(offset)")
        }
    }

    @Test(arguments: fixtures)
    func `a request is read the same in random pieces`(fixture: WireFixture) {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 where !fixture.sent.isEmpty {
            let offsets = (0..<5).map { _ in
                Int.random(in: 0...fixture.sent.count, using: &generator)
            }
            #expect(
                transcript(cut(fixture.sent, at: offsets)) == fixture.expected, "seed \(seed)")
        }
    }

    @Test(arguments: accepted)
    func `the next request begins at the end of one`(fixture: WireFixture) {
        for next in fixtures where !fixture.expected.isEmpty {
            let glued = fixture.sent + next.sent
            #expect(
                transcript([glued[...]]) == fixture.expected + next.expected, "\(next.name)")
            #expect(
                transcript(cut(glued, at: [fixture.sent.count])) == fixture.expected
                    + next.expected, "\(next.name)")
        }
    }

    @Test func `damaged requests never trap and read the same in pieces`() {
        let seed = UInt64.random(in: .min ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let spice = Array("\r\n\0 :,;%/?0a\u{7f}\t".utf8) + [0xff]
        for round in 0..<5000 {
            var bytes = fixtures.randomElement(using: &generator)?.sent ?? []
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let offset = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = spice.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[offset] = byte
                case 1: bytes.insert(byte, at: offset)
                default: bytes.remove(at: offset)
                }
            }
            let whole = transcript([bytes[...]])
            let pieces = transcript(cut(bytes, at: Array(0..<bytes.count)))
            #expect(whole == pieces, "seed \(seed), round \(round)")
        }
    }

    @Test func `the authority of the target wins over Host`() throws {
        let request = try parsed("GET http://target:81/ HTTP/1.1\r\nHost: host\r\n\r\n")
        #expect(request.authority == "target:81")
        #expect(request.field("host") == "host")
        #expect(try parsed("GET / HTTP/1.1\r\nHost: host\r\n\r\n").authority == "host")
        #expect(try parsed("GET / HTTP/1.0\r\n\r\n").authority == nil)
    }

    @Test func `fields are found in any case, and repeated ones joined`() throws {
        let request = try parsed(
            "GET / HTTP/1.1\r\nHost: h\r\naUTHORIZATION: a\r\nAuthorization: b\r\nx-y: c\r\n\r\n")
        #expect(request.field("Authorization") == "a, b")
        #expect(request.field("X-Y") == "c")
        #expect(request.field("X\rY") == nil)
        #expect(request.field("Cookie") == nil)
    }

    @Test func `an expected body is asked for once, unless it has arrived`() throws {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n"
        #expect(try outcomes([head, "a", "b"]) == ["awaits", "more", "request"])
        #expect(try outcomes([head + "a", "b"]) == ["more", "request"])
        #expect(try outcomes([head.replacing("Length: 2", with: "Length: 0")]) == ["request"])
    }

    private func parsed(_ text: String) throws -> Request {
        var parser = RequestParser(peer: .ipv4(0, port: 0))
        var taken = 0
        let bytes = Array(text.utf8)
        guard case .request(let request, _) = try parser.parse(bytes.span, Limits(), taken: &taken)
        else {
            throw HTTPFault.requestLineMalformed
        }
        return request
    }

    private func outcomes(_ pieces: [String]) throws -> [String] {
        var parser = RequestParser(peer: .ipv4(0, port: 0))
        var input: [UInt8] = []
        return try pieces.map {
            input += Array($0.utf8)
            var taken = 0
            let outcome = try parser.parse(input.span, Limits(), taken: &taken)
            input.removeFirst(taken)
            switch outcome {
            case .needsMore: return "more"
            case .awaitsContinue: return "awaits"
            case .streamed: return "streamed"
            case .request: return "request"
            }
        }
    }
}

import Testing
import TestSupport

@testable import HTTP

private let fixtures = WireFixture.load("responses.txt")

@Suite struct ResponseParserTests {
    @Test(arguments: fixtures)
    func `a response is read as its fixture says`(fixture: WireFixture) {
        #expect([outcome(fixture, [fixture.sent[...]])] == fixture.expected)
    }

    @Test(arguments: fixtures)
    func `a response is read the same byte by byte and in random pieces`(fixture: WireFixture) {
        let offsets = Array(0..<fixture.sent.count)
        #expect([outcome(fixture, cut(fixture.sent, at: offsets))] == fixture.expected)
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let offsets = (0..<5).map { _ in
                Int.random(in: 0...fixture.sent.count, using: &generator)
            }
            #expect(
                [outcome(fixture, cut(fixture.sent, at: offsets))] == fixture.expected,
                "seed \(seed)")
        }
    }

    @Test(arguments: fixtures.filter { $0.expected.first?.contains(" keep") == true })
    func `no byte after a response is taken`(fixture: WireFixture) throws {
        for next in fixtures {
            var parser = ResponseParser(answering: method(of: fixture))
            var taken = 0
            let glued = fixture.sent + next.sent
            guard
                case .response = try parser.parse(glued.span, Limits(), taken: &taken)
            else {
                Issue.record("no response")
                return
            }
            #expect(taken == fixture.sent.count, "\(next.name)")
        }
    }

    /// The request's method, which is the first word of the expected result.
    private func method(of fixture: WireFixture) -> Method {
        fixture.expected.first?.hasPrefix("HEAD ") == true ? .head : .get
    }

    private func outcome(_ fixture: WireFixture, _ pieces: [ArraySlice<UInt8>]) -> String {
        let method = method(of: fixture)
        var parser = ResponseParser(answering: method)
        var input: [UInt8] = []
        do {
            for piece in pieces {
                input += piece
                var taken = 0
                let outcome = try parser.parse(input.span, Limits(), taken: &taken)
                input.removeFirst(taken)
                if case .response(let response, let keepsAlive) = outcome {
                    return "\(method.rawValue) " + describe(response, keepsAlive)
                }
            }
        } catch {
            return "\(method.rawValue) fault \(error)"
        }
        return "\(method.rawValue) " + (parser.end().map { describe($0, false) } ?? "more")
    }

    private func describe(_ response: ClientResponse, _ keepsAlive: Bool) -> String {
        "\(response.status.code) " + (keepsAlive ? "keep" : "close") + quoted(response.body)
    }
}

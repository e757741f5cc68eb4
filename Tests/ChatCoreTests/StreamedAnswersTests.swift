import Chat
import Encoding
import HTTP
import Storage
import TestSupport
import Testing

@testable import ChatCore

/// One user's streamed answers leave places to others, and give theirs back.
@Suite struct StreamedAnswersTests {
    private struct Pieces: AnswerPieces {
        var isAtEnd = false
        mutating func next() async throws -> [UInt8] { [] }
    }

    private let siti = UserID("siti")
    private let budi = UserID("budi")

    @Test func `a user has as many as one may have, and others have theirs`() throws {
        let streams = StreamedAnswers()
        var bodies: [Response.Body] = []
        for _ in 0..<StreamedAnswers.perUserMax {
            bodies.append(try Pieces().body(after: [1], for: siti, in: streams))
        }
        #expect(throws: ChatFault.busy) {
            _ = try Pieces().body(after: [1], for: siti, in: streams)
        }
        bodies.append(try Pieces().body(after: [1], for: budi, in: streams))
        bodies.removeFirst()
        bodies.append(try Pieces().body(after: [1], for: siti, in: streams))
        bodies = []
        #expect(streams.isEmpty)
    }

    @Test func `an answer in one small piece takes no place`() throws {
        let streams = StreamedAnswers()
        let body = try Pieces(isAtEnd: true).body(after: [1], for: siti, in: streams)
        guard case .bytes([1]) = body else {
            Issue.record("it is streamed")
            return
        }
        #expect(streams.isEmpty)
    }

    @Test func `a user may fill half of the budget of answers at most`() {
        let limits = Limits()
        let share = StreamedAnswers.perUserMax * limits.pieceBytesMax
        #expect(2 * share <= limits.answerBytesInAllMax)
    }
}

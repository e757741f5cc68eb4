import Chat
import HTTP
import Storage
import Synchronization

/// An answer that is made piece by piece, so that memory does not grow with its length.
protocol AnswerPieces: Sendable {
    /// Whether all pieces have been handed out.
    var isAtEnd: Bool { get }
    /// Returns the next piece, and keeps nothing of it: a piece may wait long for its reader.
    mutating func next() async throws -> [UInt8]
}

extension AnswerPieces {
    /// Returns the body whose first piece was made already, so that its faults had a status. One
    /// small piece is sent whole, with its length.
    ///
    /// - Throws: `ChatFault.busy` if the user has too many streamed answers under way.
    func body(
        after first: [UInt8], for user: UserID, in streams: StreamedAnswers
    ) throws(ChatFault) -> Response.Body {
        if isAtEnd && first.count <= wholeBytesMax { return .bytes(first) }
        return stream(after: first, during: try streams.begin(for: user))
    }

    /// Returns the body as a stream, whatever its length.
    ///
    /// - Parameter turn: Is dropped with the body.
    func stream(
        after first: [UInt8], during turn: StreamedAnswers.Turn? = nil
    ) -> Response.Body {
        let first = FirstPiece(first)
        return .stream { body in
            defer { withExtendedLifetime(turn) {} }
            var pieces = self
            try await body.write(first.take())
            while !pieces.isAtEnd { try await body.write(try await pieces.next()) }
        }
    }
}

private let wholeBytesMax = 64 << 10

extension Response {
    /// The head of an answer whose pieces are not made. It omits the length, which nobody knows
    /// before they are (RFC 9110 §9.3.2).
    static var headOfPieces: Response {
        var response = Response.json([])
        response.body = .stream { _ in }
        return response
    }
}

/// The first piece of a streamed answer. Its bytes are let go of when they are written, and not
/// with the answer that they begin.
private final class FirstPiece: Sendable {
    private let bytes: Mutex<[UInt8]>

    init(_ bytes: [UInt8]) {
        self.bytes = Mutex(bytes)
    }

    func take() -> [UInt8] {
        bytes.withLock { bytes in
            defer { bytes = [] }
            return bytes
        }
    }
}

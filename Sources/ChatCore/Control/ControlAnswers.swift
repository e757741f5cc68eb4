import Encoding
import HTTP
import Storage
import Synchronization

extension Response {
    /// Returns the answer `{id, username}` to an operation on a user.
    static func administered(_ user: User) -> Response {
        .json { body in
            body.field("id", user.id.text)
            body.field("username", user.username)
        }
    }

    /// Returns an answer of any length: one JSON object a line, streamed in pieces.
    static func lines<Element: Sendable>(
        _ elements: [Element], _ write: @escaping @Sendable (inout JSONWriter, Element) -> Void
    ) -> Response {
        let piecesOf = 256
        let stream: @Sendable (BodyWriter) async throws -> Void = { body in
            for start in stride(from: 0, to: elements.count, by: piecesOf) {
                var piece: [UInt8] = []
                for element in elements[start..<min(start + piecesOf, elements.count)] {
                    var line = JSONWriter(capacity: 256)
                    line.beginObject()
                    write(&line, element)
                    line.endObject()
                    piece.append(contentsOf: line.bytes)
                    piece.append(UInt8(ascii: "\n"))
                }
                try await body.write(piece)
            }
        }
        return Response(
            .ok, fields: [("Content-Type", "application/x-ndjson")], body: .stream(stream))
    }
}

/// Parses such an answer line by line as it arrives.
final class AnswerLines: Sendable {
    private struct State {
        /// The received part of the current line.
        var beginning: [UInt8] = []
        var isMalformed = false
    }

    private let state = Mutex(State())
    private let take: @Sendable (JSONObject) -> Void

    init(_ take: @escaping @Sendable (JSONObject) -> Void) {
        self.take = take
    }

    /// Whether the answer ended with a whole line and every line was an object.
    var isComplete: Bool { state.withLock { $0.beginning.isEmpty && !$0.isMalformed } }

    func read(_ piece: [UInt8]) {
        state.withLock { state in
            var lines = piece.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
            while let line = lines.popFirst() {
                state.beginning.append(contentsOf: line)
                if lines.isEmpty { return }
                if let object = (try? JSONValue.parse(state.beginning.span))?.object {
                    take(object)
                } else {
                    state.isMalformed = true
                }
                state.beginning.removeAll(keepingCapacity: true)
            }
        }
    }
}

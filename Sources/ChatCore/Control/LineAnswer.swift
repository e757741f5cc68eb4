import Encoding
import HTTP
import Synchronization

extension Response {
    /// An answer of the control socket that has no limit: one JSON object a line, sent in pieces.
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

/// Reads such an answer as it comes, line by line.
final class AnswerLines: Sendable {
    private struct State {
        /// The beginning of a line whose end has not come.
        var beginning: [UInt8] = []
        var isMalformed = false
    }

    private let state = Mutex(State())
    private let take: @Sendable (JSONObject) -> Void

    init(_ take: @escaping @Sendable (JSONObject) -> Void) {
        self.take = take
    }

    /// Whether all that came was whole lines, each of them an object.
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

import Encoding
import Synchronization

/// Parses an answer of one JSON object a line as it arrives.
final class AnswerLines: Sendable {
    private struct State {
        /// The received part of the current line.
        var beginning: [UInt8] = []
        var isMalformed = false
        var count = 0
    }

    private let state = Mutex(State())
    private let take: @Sendable (JSONObject) -> Void

    init(_ take: @escaping @Sendable (JSONObject) -> Void) {
        self.take = take
    }

    /// The number of lines; nil unless the answer ended with a whole one and each was an object.
    var count: Int? {
        state.withLock { $0.beginning.isEmpty && !$0.isMalformed ? $0.count : nil }
    }

    func read(_ piece: [UInt8]) {
        state.withLock { state in
            var lines = piece.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
            while let line = lines.popFirst() {
                state.beginning.append(contentsOf: line)
                if lines.isEmpty { return }
                if let object = (try? JSONValue.parse(state.beginning.span))?.object {
                    state.count += 1
                    take(object)
                } else {
                    state.isMalformed = true
                }
                state.beginning.removeAll(keepingCapacity: true)
            }
        }
    }
}

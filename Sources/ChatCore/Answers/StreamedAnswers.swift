import Chat
import Storage
import Synchronization

/// Counts the streamed answers of each user that are under way.
///
/// Each holds a place in the server's budget of answers from its beginning to its end
/// (`Limits.answerBytesInAllMax`, which has 1,024 places). One user gets half of them at most.
final class StreamedAnswers: Sendable {
    static let perUserMax = 512

    private let counts = Mutex<[UserID: Int]>([:])

    var isEmpty: Bool { counts.withLock { $0.isEmpty } }

    /// Begins a streamed answer, which is under way until the result is dropped.
    ///
    /// - Throws: `ChatFault.busy` if the user has as many as one may have.
    func begin(for user: UserID) throws(ChatFault) -> Turn {
        let mayBegin = counts.withLock { counts in
            let count = counts[user, default: 0]
            if count < Self.perUserMax { counts[user] = count + 1 }
            return count < Self.perUserMax
        }
        guard mayBegin else { throw .busy }
        return Turn(of: user, in: self)
    }

    private func end(for user: UserID) {
        counts.withLock { counts in
            let left = counts[user, default: 1] - 1
            counts[user] = left > 0 ? left : nil
        }
    }

    final class Turn: Sendable {
        private let user: UserID
        private let answers: StreamedAnswers

        fileprivate init(of user: UserID, in answers: StreamedAnswers) {
            self.user = user
            self.answers = answers
        }

        deinit { answers.end(for: user) }
    }
}

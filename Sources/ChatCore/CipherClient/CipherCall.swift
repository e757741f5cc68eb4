import Chat
import CipherAPI
import Encoding
import EventLoop

/// The items of one `submit`, the results so far, and the suspended caller. Belongs to its lane.
final class CipherCall {
    typealias Outcome = Result<[OpenedText], VaultFault>

    let items: EncodedItems
    let requestID: RequestID?
    private var results: [OpenedText]
    private var missingCount: Int
    private var outcome: Outcome?
    private let caller = Waiter<Outcome>()

    init(_ items: consuming EncodedItems, for requestID: RequestID?) {
        items.end()
        self.items = items
        self.requestID = requestID
        results = Array(repeating: .notAuthentic, count: items.count)
        missingCount = items.count
    }

    /// Whether its outcome is known. Later answers are dropped.
    var isOver: Bool { outcome != nil }

    /// Takes the answers to these items, in order.
    func receive(_ answers: ArraySlice<CipherAnswer.Item>, for items: Range<Int>) {
        if isOver { return }
        // Taken out, because each write into a property of a class is checked.
        var filled: [OpenedText] = []
        swap(&filled, &results)
        for (index, answer) in zip(items, answers) {
            switch answer {
            case .success(let text): filled[index] = text
            case .failure(let fault): return finish(.failure(fault))
            }
        }
        results = filled
        missingCount -= items.count
        if missingCount == 0 { finish(.success(results)) }
    }

    /// Resumes the caller. Only the first outcome counts.
    func finish(_ outcome: Outcome) {
        if isOver { return }
        self.outcome = outcome
        caller.resume(returning: outcome)
    }

    /// Waits for the outcome. A call has one caller.
    ///
    /// - Parameters:
    ///   - begin: Called before the wait, unless the outcome is known already.
    nonisolated(nonsending) func wait(beginning begin: () -> Void) async -> Outcome {
        await caller.wait { _ in
            if let outcome { return outcome }
            begin()
            return nil
        }
    }
}

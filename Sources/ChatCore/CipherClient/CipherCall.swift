import Chat
import CipherAPI
import Encoding

/// One caller's items, and what has come of them so far. Belongs to its lane.
final class CipherCall {
    typealias Outcome = Result<[OpenedText], VaultFault>

    let items: EncodedItems
    let requestID: RequestID?
    private var results: [OpenedText]
    private var missingCount: Int
    private var outcome: Outcome?
    private var caller: UnsafeContinuation<Outcome, Never>?

    init(_ items: EncodedItems, for requestID: RequestID?) {
        self.items = items
        self.requestID = requestID
        results = Array(repeating: .notAuthentic, count: items.count)
        missingCount = items.count
    }

    /// Whether its outcome is known: what else comes is dropped.
    var isOver: Bool { outcome != nil }

    /// Takes the answers to some of its items, in order.
    func fill(_ items: Range<Int>, with answers: ArraySlice<CipherAnswer.Item>) {
        for (index, answer) in zip(items, answers) {
            switch answer {
            case .success(let text): results[index] = text
            case .failure(let fault): return end(.failure(fault))
            }
        }
        missingCount -= items.count
        if missingCount == 0 { end(.success(results)) }
    }

    /// The first outcome counts.
    func end(_ outcome: Outcome) {
        if isOver { return }
        self.outcome = outcome
        caller?.resume(returning: outcome)
        caller = nil
    }

    /// To be awaited by one caller.
    func await(by caller: UnsafeContinuation<Outcome, Never>) {
        if let outcome { caller.resume(returning: outcome) } else { self.caller = caller }
    }
}

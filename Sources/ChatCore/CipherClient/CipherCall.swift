import Chat
import CipherAPI
import Encoding

/// One caller's items, and what has come of them so far. Belongs to its client.
final class CipherCall {
    /// Nil in the place of what is not authentic.
    typealias Outcome = Result<[JSONText?], VaultFault>

    let number: Int
    let items: EncodedItems
    let requestID: RequestID?
    private var results: [JSONText?]
    private var missingCount: Int
    private var caller: UnsafeContinuation<Outcome, Never>?

    init(
        number: Int, items: EncodedItems, requestID: RequestID?,
        caller: UnsafeContinuation<Outcome, Never>
    ) {
        self.number = number
        self.items = items
        self.requestID = requestID
        self.caller = caller
        results = Array(repeating: nil, count: items.count)
        missingCount = items.count
    }

    /// Whether the caller has had its answer: what else comes is dropped.
    var isOver: Bool { caller == nil }

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

    func end(_ outcome: Outcome) {
        caller?.resume(returning: outcome)
        caller = nil
    }
}

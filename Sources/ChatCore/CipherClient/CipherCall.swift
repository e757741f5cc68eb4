import Chat

/// One caller's items, and what has come of them so far. Belongs to its client.
final class CipherCall {
    /// Nil in the place of what is not authentic.
    typealias Outcome = Result<[String?], VaultFault>

    let number: Int
    private var results: [String?]
    private var missingCount: Int
    private var caller: UnsafeContinuation<Outcome, Never>?

    init(number: Int, itemCount: Int, caller: UnsafeContinuation<Outcome, Never>) {
        self.number = number
        self.caller = caller
        results = Array(repeating: nil, count: itemCount)
        missingCount = itemCount
    }

    /// Whether the caller has had its answer: what else comes is dropped.
    var isOver: Bool { caller == nil }

    func fill(_ index: Int, with result: Result<String?, VaultFault>) {
        switch result {
        case .success(let text):
            results[index] = text
            missingCount -= 1
            if missingCount == 0 { end(.success(results)) }
        case .failure(let fault): end(.failure(fault))
        }
    }

    func end(_ outcome: Outcome) {
        caller?.resume(returning: outcome)
        caller = nil
    }
}

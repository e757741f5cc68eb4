import CipherAPI
import Metrics

/// The numbers of texts that each operation has sealed or opened, and that it refused.
final class VaultCounts: Sendable {
    private let done = InlineArray<3, Tally> { _ in Tally() }
    private let refused = InlineArray<3, Tally> { _ in Tally() }

    func add(_ operation: CipherOperation, done: Int, refused: Int) {
        let place = Self.place(of: operation)
        self.done[place].add(done)
        self.refused[place].add(refused)
    }

    var byOperation: [(operation: String, (done: Int, refused: Int))] {
        [CipherOperation.encrypt, .decrypt, .rewrap].map { operation in
            let place = Self.place(of: operation)
            return ("\(operation)", (done[place].count, refused[place].count))
        }
    }

    private static func place(of operation: CipherOperation) -> Int {
        switch operation {
        case .encrypt: 0
        case .decrypt: 1
        case .rewrap: 2
        }
    }
}

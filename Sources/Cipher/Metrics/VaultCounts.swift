import CipherAPI
import Metrics

/// The numbers of texts that each operation has sealed or opened, and that were not authentic.
final class VaultCounts: Sendable {
    private let done = InlineArray<3, Tally> { _ in Tally() }
    private let notAuthentic = InlineArray<3, Tally> { _ in Tally() }

    func add(_ operation: CipherOperation, done: Int, notAuthentic: Int) {
        let place = Self.place(of: operation)
        self.done[place].add(done)
        self.notAuthentic[place].add(notAuthentic)
    }

    var byOperation: [(operation: CipherOperation, (done: Int, notAuthentic: Int))] {
        [CipherOperation.encrypt, .decrypt, .rewrap].map { operation in
            let place = Self.place(of: operation)
            return (operation, (done[place].read(), notAuthentic[place].read()))
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

internal import Synchronization

/// Ends a copy of the store early, from any thread: the fold or backup gives up with `.closed`.
final class Cancellation: Sendable {
    private let flag = Atomic(false)

    var isCancelled: Bool { flag.load(ordering: .relaxed) }
    func cancel() { flag.store(true, ordering: .relaxed) }
}

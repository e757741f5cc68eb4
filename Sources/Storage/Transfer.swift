import Synchronization

/// Passes one value that cannot be copied from the thread that made it to its next owner.
final class Transfer<Content>: Sendable {
    private let content: Mutex<Content?>

    init(_ content: consuming sending Content) {
        self.content = Mutex(content)
    }

    /// Returns the content. A second call traps.
    func take() -> sending Content {
        guard let content = content.withLock({ $0.take() }) else {
            preconditionFailure("taken already")
        }
        return content
    }
}

import Synchronization

/// Something of which there is one, on its way from the thread that made it to who keeps it.
final class Transfer<Content>: Sendable {
    private let content: Mutex<Content?>

    init(_ content: consuming sending Content) {
        self.content = Mutex(content)
    }

    /// To be called once.
    func take() -> sending Content {
        guard let content = content.withLock({ $0.take() }) else {
            preconditionFailure("taken already")
        }
        return content
    }
}

import EventLoop

/// Holds refusals back for a moment, so that those who try again at once, a thousand times a
/// second, take no time from the others. nginx and HAProxy do the same (`delay`, `tarpit`).
actor RefusalDelay {
    private static let time = Duration.milliseconds(300)
    /// Each holds its request, of up to 64 KiB. Further ones are answered at once.
    private static let heldMax = 128

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var held = 0

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Returns after the delay; at once where as many are held as may be, or the task is cancelled.
    func wait() async {
        guard held < Self.heldMax else { return }
        held += 1
        defer { held -= 1 }
        try? await loop.sleep(for: Self.time)
    }
}

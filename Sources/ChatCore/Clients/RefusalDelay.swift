import EventLoop

/// Delays refusals, so that clients which retry at once cannot take time from others. nginx and
/// HAProxy have the same (`delay`, `tarpit`).
actor RefusalDelay {
    private static let time = Duration.milliseconds(300)
    /// Each delayed refusal keeps its request in memory. Further ones are answered at once.
    private static let heldMax = 128

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var held = 0

    init(loop: EventLoop) {
        self.loop = loop
    }

    /// Returns after the delay. Returns at once if too many are delayed or the task is cancelled.
    func wait() async {
        guard held < Self.heldMax else { return }
        held += 1
        defer { held -= 1 }
        try? await loop.sleep(for: Self.time)
    }
}

import EventLoop

/// The times of `Limits` as nanoseconds, converted once and not for every request.
struct Deadlines {
    /// After so long without a request a connection gives back the room that its burst took: longer
    /// than a client under load pauses.
    private static let bufferKeepTimeMax: Int64 = 100_000_000

    private let head: Int64
    private let body: Int64
    private let nextRequest: Int64
    private let idle: Int64
    private let write: Int64
    private let drain: Int64
    private let readerGrace: Int64
    private let readerBytesPerSecond: Int
    private let pieceBytes: Int

    init(_ limits: Limits) {
        head = Deadlines.nanoseconds(limits.headTimeMax)
        body = Deadlines.nanoseconds(limits.bodyTimeMax)
        nextRequest = min(Deadlines.nanoseconds(limits.idleTimeMax), Deadlines.bufferKeepTimeMax)
        idle = Deadlines.nanoseconds(limits.idleTimeMax)
        write = Deadlines.nanoseconds(limits.writeTimeMax)
        drain = Deadlines.nanoseconds(limits.drainTimeMax)
        readerGrace = Deadlines.nanoseconds(limits.readerGraceTimeMax)
        readerBytesPerSecond = limits.readerBytesPerSecondMin
        pieceBytes = limits.pieceBytesMax
    }

    func head(from now: MonotonicTime) -> MonotonicTime { now.later(by: head) }
    func body(from now: MonotonicTime) -> MonotonicTime { now.later(by: body) }
    func nextRequest(from now: MonotonicTime) -> MonotonicTime { now.later(by: nextRequest) }
    func idle(from now: MonotonicTime) -> MonotonicTime { now.later(by: idle) }
    func drain(from now: MonotonicTime) -> MonotonicTime { now.later(by: drain) }

    /// When a reader must have taken more, having taken so many bytes of an answer in a time of
    /// waiting.
    func reader(from now: MonotonicTime, taken: Int, waited: Int64) -> MonotonicTime {
        let seconds = Double(taken + pieceBytes) / Double(readerBytesPerSecond)
        let earned = readerGrace + Int64(seconds * 1e9)
        return now.later(by: min(write, max(0, earned - waited)))
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let parts = duration.components
        return parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000
    }
}

extension MonotonicTime {
    fileprivate func later(by nanoseconds: Int64) -> MonotonicTime {
        MonotonicTime(nanoseconds: self.nanoseconds + nanoseconds)
    }
}

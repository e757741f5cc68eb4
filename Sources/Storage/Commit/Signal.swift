/// Tells one listener that something has happened since it last looked.
struct Signal: Sendable {
    /// Has a value for any number of calls of `send` since the last value.
    let values: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (values, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func send() { continuation.yield() }
    /// Ends the values.
    func finish() { continuation.finish() }
}

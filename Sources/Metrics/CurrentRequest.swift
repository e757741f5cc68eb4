/// The things that a request may wait for.
package enum RequestPart: Int, Sendable {
    /// A turn: at the vault, or at bcrypt.
    case queue
    case vault
    case disk
}

/// A request as the layers below its endpoint see it.
package protocol ServedRequest: AnyObject, Sendable {
    /// The request's number within this process.
    var number: Int { get }
    /// Adds a time to one of its parts. Call it on the loop.
    func spent(_ nanoseconds: Int, on part: RequestPart)
}

/// The request that the current task serves. It is known where a request may wait long.
package enum CurrentRequest {
    private static let local = TaskLocal<(any ServedRequest)?>(wrappedValue: nil)

    package static var current: (any ServedRequest)? { local.get() }

    /// Runs the body for the request. Wrap only work that may wait: a task-local value costs time
    /// that polls should not spend.
    package static func during<Outcome: Sendable>(
        _ request: any ServedRequest, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Outcome
    ) async rethrows -> Outcome {
        try await local.withValue(request) {
            // The closure captures the parameter and so keeps the caller's isolation.
            _ = isolation
            return try await body()
        }
    }

    /// Adds a time to a part of the current request, if there is one.
    package static func spent(_ time: Duration, on part: RequestPart) {
        current?.spent(Histogram.nanoseconds(time), on: part)
    }
}

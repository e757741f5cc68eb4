import HTTP

/// The id of a request in the log lines of both programs.
struct RequestID {
    /// The field that carries ids to Cipher. A batch carries several, separated by commas.
    static let field: StaticString = "X-Request-Id"

    private static let local = TaskLocal<RequestID?>(wrappedValue: nil)
    /// A random number that differs between runs of the program.
    private static let run = UInt32.random(in: .min ... .max)

    private let number: Int

    init(of request: Request) {
        number = request.number
    }

    /// Computed on each use, because most requests never need it.
    var text: String { String(Self.run, radix: 16) + "-" + String(number) }

    /// The id of the request that the current task serves.
    static var current: RequestID? { local.get() }

    /// Runs the body with this id as the current one. Wrap only calls of Cipher: a task-local value
    /// costs time that other requests should not spend.
    func during<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T
    ) async rethrows -> T {
        try await Self.local.withValue(self) {
            // The closure captures the parameter and so keeps the caller's isolation.
            _ = isolation
            return try await body()
        }
    }
}

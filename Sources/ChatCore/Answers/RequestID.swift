import HTTP

/// Names one request in the log lines of both programs.
struct RequestID {
    /// The field that carries it to Cipher; several, with commas, where requests share a batch.
    static let field: StaticString = "X-Request-Id"

    private static let local = TaskLocal<RequestID?>(wrappedValue: nil)
    /// Tells the numbers of one run from those of another.
    private static let run = UInt32.random(in: .min ... .max)

    private let number: Int

    init(of request: Request) {
        number = request.number
    }

    /// Made only where somebody reads it, which most requests never see.
    var text: String { String(Self.run, radix: 16) + "-" + String(number) }

    /// The one that the current task asks Cipher for.
    static var current: RequestID? { local.get() }

    /// To be put around what asks Cipher, and around nothing more: other requests need not pay.
    func during<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T
    ) async rethrows -> T {
        try await Self.local.withValue(self) {
            // Named, the closure is isolated as its caller is; else it would run on its own.
            _ = isolation
            return try await body()
        }
    }
}

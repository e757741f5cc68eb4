import Synchronization

/// Names one request in the log lines of both programs.
enum RequestID {
    /// The field that carries it to Cipher; several, with commas, where requests share a batch.
    static let field: StaticString = "X-Request-Id"

    private static let local = TaskLocal<String?>(wrappedValue: nil)
    private static let count = Atomic(0)
    /// Tells the numbers of one run from those of another.
    private static let run = UInt32.random(in: .min ... .max)

    /// The one that the current task works for.
    static var current: String? { local.get() }

    static func with<T: Sendable>(
        _ id: String, isolation: isolated (any Actor)? = #isolation, _ body: () async -> T
    ) async -> T {
        await local.withValue(id) {
            // Named, the closure is isolated as its caller is; else it would run on its own.
            _ = isolation
            return await body()
        }
    }

    static func next() -> String {
        let number = count.add(1, ordering: .relaxed).newValue
        return String(run, radix: 16) + "-" + String(number)
    }
}

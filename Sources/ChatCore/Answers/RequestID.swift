import HTTP
import Metrics

/// The id of a request in the log lines of both programs, and in its answer.
struct RequestID {
    /// The field that carries the id of an answer to its client, and ids to Cipher. A batch for
    /// Cipher carries several, separated by commas.
    static let field: StaticString = "X-Request-ID"

    /// A random number that differs between runs of the program.
    private static let run = String(UInt32.random(in: .min ... .max), radix: 16) + "-"

    private let number: Int
    private let served: (any ServedRequest)?

    /// - Parameter request: Nil for one whose head cannot be read. It gets a number of its own.
    init(of request: Request?) {
        number = request?.number ?? Request.takeNumber()
        served = request?.served
    }

    private init(_ served: any ServedRequest) {
        number = served.number
        self.served = served
    }

    /// Computed on each use, because most requests never need it.
    var text: String { Self.run + String(number) }

    /// The id of the request that the current task serves.
    static var current: RequestID? { CurrentRequest.current.map { RequestID($0) } }

    /// Runs the body for the request of this id. `Dispatcher` does it for requests that change
    /// something. Wrap calls of Cipher in the others.
    func during<T: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> T
    ) async rethrows -> T {
        guard let served else { return try await body() }
        return try await CurrentRequest.during(served) {
            _ = isolation
            return try await body()
        }
    }
}

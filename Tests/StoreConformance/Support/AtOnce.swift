/// Runs `body` this many times at once and returns what each came to, in the order of the numbers.
func atOnce<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
) async -> [Result<Value, any Error>] {
    await withTaskGroup(of: (Int, Result<Value, any Error>).self) { group in
        for number in 0..<count {
            group.addTask {
                do { return (number, .success(try await body(number))) } catch {
                    return (number, .failure(error))
                }
            }
        }
        var outcomes: [Int: Result<Value, any Error>] = [:]
        for await (number, outcome) in group { outcomes[number] = outcome }
        return outcomes.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension [Result<Bool, any Error>] {
    /// Returns the number of results that are true.
    ///
    /// - Throws: The first error among the results.
    func winners() throws -> Int { try count { try $0.get() } }
}

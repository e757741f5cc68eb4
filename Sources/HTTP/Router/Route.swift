/// One line of an API's table: `Route(.get, "/friends/{userId}", ListFriends.answer)`.
package final class Route: Sendable {
    package typealias Answer = @Sendable (Request) async throws -> Response

    package let method: Method
    /// Segments are literal, or `{name}` for any one that is not empty; the last may be `{name...}`
    /// for all the rest, be it empty.
    package let pattern: String
    package let answer: Answer

    package init(_ method: Method, _ pattern: String, _ answer: @escaping Answer) {
        self.method = method
        self.pattern = pattern
        self.answer = answer
    }
}

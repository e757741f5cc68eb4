import Encoding
import Testing

@testable import HTTP

private func route(_ method: Method, _ pattern: String) -> Route {
    Route(method, pattern) { _ in Response(.ok) }
}

@Suite struct RouterTests {
    private let router = Router(
        [
            route(.post, "/auth/login"),
            route(.post, "/friends/add"),
            route(.get, "/friends/{userId}"),
            route(.get, "/friends/{userId}/notes/{noteId}"),
            route(.get, "/"),
            route(.get, "/docs/{file...}"),
            route(.put, "/docs/index"),
        ], prefixes: ["", "/api"])

    @Test(arguments: [
        ("POST", "/auth/login", "/auth/login"),
        ("POST", "/api/auth/login", "/auth/login"),
        ("GET", "/", "/"),
        ("GET", "/api/", "/"),
        ("HEAD", "/", "/"),
        ("GET", "/friends/7", "/friends/{userId} userId=7"),
        ("HEAD", "/api/friends/7", "/friends/{userId} userId=7"),
        ("GET", "/friends/a%2Fb", "/friends/{userId} userId=a/b"),
        ("GET", "/friends/%C3%A9", "/friends/{userId} userId=é"),
        ("POST", "/%61uth/login", "/auth/login"),
        ("GET", "/friends/7/notes/8", "/friends/{userId}/notes/{noteId} userId=7 noteId=8"),
        ("GET", "/docs/", "/docs/{file...} file="),
        ("GET", "/docs/css/a.css", "/docs/{file...} file=css/a.css"),
        ("GET", "/docs", "not found"),
        ("GET", "/auth%2Flogin", "not found"),
        ("POST", "/auth/login/", "not found"),
        ("GET", "/friends/", "not found"),
        ("GET", "/friends", "not found"),
        ("GET", "//friends/7", "not found"),
        ("GET", "/nowhere", "not found"),
        ("POST", "/AUTH/login", "not found"),
        ("GET", "/auth/login", "not allowed: POST, OPTIONS"),
        ("GET", "/friends/add", "not allowed: POST, OPTIONS"),
        ("GET", "/docs/index", "not allowed: PUT, OPTIONS"),
        ("DELETE", "/friends/7", "not allowed: GET, HEAD, OPTIONS"),
        ("TRACE", "/", "not allowed: GET, HEAD, OPTIONS"),
        ("TRACE", "/friends/7", "not allowed: GET, HEAD, OPTIONS"),
        ("QUERY", "/auth/login", "not allowed: POST, OPTIONS"),
        ("PROPFIND", "/docs/index", "not allowed: PUT, OPTIONS"),
        ("CONNECT", "h:1", "not allowed: GET, HEAD, POST, PUT, OPTIONS"),
        ("OPTIONS", "/auth/login", "options: POST, OPTIONS"),
        ("OPTIONS", "*", "options: GET, HEAD, POST, PUT, OPTIONS"),
        ("OPTIONS", "/nowhere", "not found"),
    ])
    func `a path leads to its route`(method: String, path: String, expected: String) throws {
        let method = try #require(Method(rawValue: method))
        #expect(describe(router.match(method, path.utf8.span)) == expected)
    }

    @Test func `a route of its own answers OPTIONS and HEAD`() {
        let router = Router([route(.options, "/a"), route(.head, "/a"), route(.get, "/a")])
        guard case .found(let found, _) = router.match(.head, "/a".utf8.span) else {
            Issue.record("no route")
            return
        }
        #expect(found.method == .head)
        #expect(describe(router.match(.options, "/a".utf8.span)) == "/a")
    }

    private func describe(_ match: Router.Match) -> String {
        switch match {
        case .found(let route, let parameters):
            let list = parameters.items.map { " \($0.name)=\($0.value)" }
            return route.pattern + list.joined()
        case .options(let allowed): return "options: \(allowed)"
        case .methodNotAllowed(let allowed): return "not allowed: \(allowed)"
        case .notFound: return "not found"
        }
    }
}

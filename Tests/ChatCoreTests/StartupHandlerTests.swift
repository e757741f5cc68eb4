import EventLoop
import HTTP
import Testing

@testable import ChatCore

@Suite struct StartupHandlerTests {
    /// Asks a handler that has no application yet.
    private func ask(
        _ method: HTTP.Method, from origin: String, isPreflight: Bool = false
    ) throws -> Response {
        var fields: [(name: StaticString, value: String)] = [("Origin", origin)]
        if isPreflight { fields.append(("Access-Control-Request-Method", "POST")) }
        return try answer(Request(method, "/auth/login", fields: fields))
    }

    private func answer(_ request: Request) throws -> Response {
        let origins = try #require(AllowedOrigins("https://chat.example"))
        let loop = try EventLoop()
        return try loop.run { await StartupHandler(origins: origins, loop: loop).answer(request) }
    }

    @Test func `during a takeover an allowed page reads when to come back`() throws {
        let origin = "https://chat.example"
        let preflight = try ask(.options, from: origin, isPreflight: true)
        #expect(preflight.status.code == 204)
        #expect(preflight.value("Access-Control-Allow-Origin") == origin)
        #expect(preflight.value("Access-Control-Allow-Methods") == "GET, POST, PUT, DELETE")

        let answer = try ask(.post, from: origin)
        #expect(answer.status.code == 503)
        #expect(answer.value("Retry-After") != nil)
        #expect(answer.value("Access-Control-Allow-Origin") == origin)
        #expect(answer.value("Access-Control-Expose-Headers") == "ETag, Retry-After")
    }

    @Test func `during a takeover other pages read nothing`() throws {
        let preflight = try ask(.options, from: "https://other.example", isPreflight: true)
        #expect(preflight.status.code == 503)
        #expect(preflight.value("Access-Control-Allow-Origin") == nil)
    }

    @Test func `during a takeover a browser too is told that the server lives`() throws {
        let fields: [(name: StaticString, value: String)] = [("Accept", "text/html")]
        let answer = try answer(Request(.get, "/healthz", fields: fields))
        #expect(answer.status.code == 200)
    }

    @Test(arguments: [("/", nil), ("/api/", "*/*"), ("/chat", "text/html,application/xhtml+xml")])
    func `during a takeover a browser gets a page that loads itself again`(
        path: String, accept: String?
    )
        async throws
    {
        let fields = accept.map { [(name: "Accept" as StaticString, value: $0)] } ?? []
        let answer = try answer(Request(.get, path, fields: fields))
        #expect(answer.status.code == 503)
        #expect(answer.value("Content-Type") == "text/html; charset=utf-8")
        let page = String(decoding: try await answer.bodyBytes(), as: UTF8.self)
        #expect(page.contains(#"<meta http-equiv="refresh" content="3">"#))
    }

    @Test(arguments: ["/readyz", "/friends/1", "/api/readyz"])
    func `during a takeover everything else gets JSON`(path: String) async throws {
        let fields = [(name: "Accept" as StaticString, value: "*/*")]
        let answer = try answer(Request(.get, path, fields: fields))
        #expect(answer.status.code == 503)
        let body = String(decoding: try await answer.bodyBytes(), as: UTF8.self)
        #expect(body.contains(#""code":"taking_over""#))
    }
}

extension Response {
    fileprivate func value(_ name: String) -> String? {
        fields.first { "\($0.name)" == name }?.value
    }
}

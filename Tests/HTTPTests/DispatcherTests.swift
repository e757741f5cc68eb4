import Encoding
import Metrics
import Testing

@testable import HTTP

/// Knows that the tag "1" of item 7 is current.
private struct Item: Endpoint {
    func answer(_ request: Request) async throws -> Response {
        Response(.ok, fields: [("Id", request.parameters["id"]?.string ?? "")])
    }

    func unchanged(for request: Request, _ parameters: PathParameters) -> Response? {
        let isCurrent = parameters["id"] == "7" && request.field("If-None-Match") == "1"
        return isCurrent ? Response(.notModified) : nil
    }
}

private struct Items: Dispatcher {
    let router = Router([
        Route(.get, "/items/{id}", Item()), Route(.get, "/plain") { _ in Response(.ok) },
    ])

    func intercept(_ request: Request) -> Response? {
        request.hasField("Intercepted") ? Response(.noContent) : nil
    }

    func answerWithoutRoute(_ request: Request) -> Response { Response(.notFound) }
    func refuseMethod(allowed: String) -> Response { Response(.methodNotAllowed) }
    func answer(to error: any Error, in route: Route, _ request: Request) -> Response {
        Response(.badRequest)
    }
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response { Response(fault.status) }

    func finish(_ response: consuming Response, _ request: Request) -> Response {
        response.fields.append(("Finished", "yes"))
        return response
    }
}

@Suite struct DispatcherTests {
    private let items = Items()

    private func poll(_ path: String, _ tag: String? = "1", _ more: StaticString? = nil) -> Request
    {
        var fields = tag.map { [(name: "If-None-Match" as StaticString, value: $0)] } ?? []
        if let more { fields.append((more, "yes")) }
        return Request(.get, path, fields: fields)
    }

    @Test func `a poll of a client that is up to date is answered at once and finished`() {
        let response = items.answerAtOnce(poll("/items/7"))
        #expect(response?.status == .notModified)
        #expect(response?.fields.map(\.value) == ["yes"])
    }

    @Test func `other requests are left to the endpoint`() {
        #expect(items.answerAtOnce(poll("/items/7", "2")) == nil)
        #expect(items.answerAtOnce(poll("/items/8")) == nil)
        #expect(items.answerAtOnce(poll("/items/7", nil)) == nil)
        #expect(items.answerAtOnce(poll("/plain")) == nil)
        #expect(items.answerAtOnce(poll("/nowhere")) == nil)
    }

    @Test func `an intercepted request reaches no endpoint`() async {
        let request = poll("/items/7", "1", "Intercepted")
        #expect(items.answerAtOnce(request) == nil)
        #expect(await items.answer(request).status == .noContent)
    }

    @Test func `every answer is counted at its route, and others by themselves`() async {
        _ = items.answerAtOnce(poll("/items/7"))
        _ = items.answerAtOnce(poll("/items/7", "2"))
        _ = await items.answer(poll("/items/8"))
        _ = await items.answer(poll("/nowhere"))
        _ = await items.answer(poll("/plain", "1", "Intercepted"))
        let counts = items.router.routes[0].counts
        #expect(
            counts.byCode.map { "\($0)" } == [
                #"(code: "200", count: 1)"#, #"(code: "304", count: 1)"#,
            ])
        #expect(counts.latency.reading.counts.reduce(0, +) == 2)
        #expect(items.router.routes[1].counts.byCode.map(\.count) == [0])
        #expect(items.router.others.byCode.map(\.code) == ["200", "204", "404"])
        #expect(items.router.others.byCode.map(\.count) == [0, 1, 1])
    }

    @Test func `an endpoint gets the parameters of its path`() async {
        let response = await items.answer(poll("/items/8"))
        #expect(response.fields.first?.value == "8")
    }
}

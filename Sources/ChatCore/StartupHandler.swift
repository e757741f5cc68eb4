import Encoding
import EventLoop
import HTTP

/// Passes requests to the application once it exists. During a takeover before that it answers 503.
final class StartupHandler: Handler {
    private final class State {
        var application: Application?
    }

    private let state: LoopBound<State>
    private let origins: AllowedOrigins

    /// - Parameters:
    ///   - origins: Origins whose pages may read answers given before the application exists.
    ///   - loop: The loop that calls the handler.
    init(origins: AllowedOrigins, loop: EventLoop) {
        state = LoopBound(State(), to: loop)
        self.origins = origins
    }

    /// Passes all further requests to the application.
    func setApplication(_ application: Application) { state.value.application = application }

    func answerAtOnce(_ request: Request) -> Response? {
        state.value.application?.answerAtOnce(request)
    }

    func answer(_ request: Request) async -> Response {
        if let application = state.value.application { return await application.answer(request) }
        return finish(await answerDuringTakeover(request), request)
    }

    func answer(_ request: Request, _ body: IncomingBody) async -> Response {
        guard let application = state.value.application else { return await answer(request) }
        return await application.answer(request, body)
    }

    func served(_ request: Request, _ status: Status, _ times: ServedTimes) {
        state.value.application?.served(request, status, times)
    }

    /// Returns the answer for a request that the HTTP layer refuses.
    ///
    /// - Parameter request: The request without its body; nil if its head was malformed.
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
        finish(ErrorAnswer(fault).response, request)
    }

    private func finish(_ response: Response, _ request: Request?) -> Response {
        var response = response
        response.commonFields = SecurityFields.forAnswers
        if let request { response.fields.append(contentsOf: origins.fields(for: request)) }
        response.fields.append((RequestID.field, RequestID(of: request).text))
        return response
    }

    private func answerDuringTakeover(_ request: Request) async -> Response {
        if let preflight = origins.preflight(request) { return preflight }
        let isLiveness = ["/healthz", "/api/healthz"].contains(request.path)
        if isLiveness { return await Liveness().answer(request) }
        if TakeoverPage.isRequested(by: request) { return TakeoverPage.response }
        return ErrorAnswer(APIFault.takingOver).response
    }
}

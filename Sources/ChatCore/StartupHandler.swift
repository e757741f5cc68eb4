import Encoding
import EventLoop
import HTTP

/// Answers requests with the application once there is one. Until then, during a takeover, it asks
/// for patience.
final class StartupHandler: Handler {
    private final class Stage {
        var application: Application?
    }

    private let stage: LoopBound<Stage>
    private let origins: AllowedOrigins

    /// - Parameters:
    ///   - origins: Whose pages may read what is answered without the application.
    ///   - loop: The loop that calls it.
    init(origins: AllowedOrigins, loop: EventLoop) {
        stage = LoopBound(Stage(), to: loop)
        self.origins = origins
    }

    /// Hands all further requests to the application.
    func begin(_ application: Application) { stage.value.application = application }

    func answer(_ request: Request) async -> Response {
        if let application = stage.value.application { return await application.answer(request) }
        return finish(await patience(request), request)
    }

    /// Answers a request that HTTP itself refuses.
    ///
    /// - Parameter request: Without its body; nil where not even its head was sound.
    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response {
        finish(ErrorAnswer(fault).response, request)
    }

    private func finish(_ response: Response, _ request: Request?) -> Response {
        var response = response
        response.commonFields = SecurityFields.forAnswers
        if let request { response.fields.append(contentsOf: origins.fields(for: request)) }
        return response
    }

    private func patience(_ request: Request) async -> Response {
        if let preflight = origins.preflight(request) { return preflight }
        let isLiveness = ["/healthz", "/api/healthz"].contains(request.path)
        if isLiveness { return await Liveness().answer(request) }
        if TakeoverPage.isMeant(by: request) { return TakeoverPage.response }
        return ErrorAnswer(APIFault.takingOver).response
    }
}

import Encoding
import HTTP
import Synchronization

/// What the server answers with: nothing but patience until the store is there, and a refusal
/// where HTTP does not let a request get any further.
final class Stage: Handler {
    enum Act: Sendable {
        case takingOver
        case running(Application)
    }

    private let act: Mutex<Act>
    private let origins: AllowedOrigins

    /// - Parameter origins: Whose pages may read what is answered without the application.
    init(_ act: Act = .takingOver, origins: AllowedOrigins) {
        self.act = Mutex(act)
        self.origins = origins
    }

    func enter(_ next: Act) {
        act.withLock { $0 = next }
    }

    func answer(_ request: Request) async -> Response {
        switch act.withLock({ $0 }) {
        case .running(let application): return await application.answer(request)
        case .takingOver: return finish(await patience(request), request)
        }
    }

    /// The answer to a request that HTTP itself refuses.
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

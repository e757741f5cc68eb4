import HTTP
import Synchronization

/// What the server answers with: nothing but patience until the store is there.
final class Stage: Sendable {
    enum Act: Sendable {
        case takingOver
        case running(Application)
    }

    private let act: Mutex<Act>

    init(_ act: Act = .takingOver) {
        self.act = Mutex(act)
    }

    func enter(_ next: Act) {
        act.withLock { $0 = next }
    }

    func answer(_ request: Request) async -> Response {
        switch act.withLock({ $0 }) {
        case .running(let application): return await application.answer(request)
        case .takingOver:
            let isLiveness = ["/healthz", "/api/healthz"].contains(request.path)
            var response = ErrorAnswer(APIFault.takingOver).response
            if isLiveness { response = await Liveness.answer(request) }
            response.commonFields = SecurityFields.forAnswers
            return response
        }
    }
}

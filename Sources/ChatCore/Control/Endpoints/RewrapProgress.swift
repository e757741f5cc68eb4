import Chat
import Encoding
import HTTP

/// `POST /store/rewrap/progress`: the progress of a rewrap, as
/// `{running, version, seen, rewrapped, notAuthentic, retired, problem?}`.
struct RewrapProgress: Endpoint {
    static let target = "/store/rewrap/progress"

    let rewrapping: Rewrapping

    func answer(_ request: Request) async throws -> Response {
        Self.response(await rewrapping.progress)
    }

    static func response(_ progress: Rewrapping.Progress) -> Response {
        .json { body in
            body.field("running", progress.isRunning)
            body.field("version", progress.version)
            body.field("seen", progress.seen)
            body.field("rewrapped", progress.rewrapped)
            body.field("notAuthentic", progress.notAuthentic)
            body.field("retired", progress.retired)
            if let problem = progress.problem { body.field("problem", problem) }
        }
    }
}

import Chat
import Encoding
import HTTP

/// `POST /store/rewrap` begins to move every message under the vault's current key, unless that is
/// under way; `POST /store/rewrap/progress` tells how far it is. Both answer
/// `{running, version, seen, rewrapped, notAuthentic, retired, problem?}`.
struct RewrapStore {
    static let target = "/store/rewrap"
    static let progressTarget = "/store/rewrap/progress"

    let rewrapping: Rewrapping

    func start(_ request: Request) async throws -> Response {
        Self.response(await rewrapping.start())
    }

    func progress(_ request: Request) async throws -> Response {
        Self.response(await rewrapping.progress)
    }

    private static func response(_ progress: Rewrapping.Progress) -> Response {
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

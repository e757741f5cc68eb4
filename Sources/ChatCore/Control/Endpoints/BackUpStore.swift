import Encoding
import EventLoop
import HTTP
import Storage

/// `POST /store/backup {destination}`: `{bytes, segments}` once the copy is on the disk.
struct BackUpStore: Endpoint {
    static let target = "/store/backup"

    let store: any StoreAdministration
    let note: BackupNote
    let worker: WorkerPool

    func answer(_ request: Request) async throws -> Response {
        let destination = try RequestBody(request).string("destination")
        guard destination.hasPrefix("/") else {
            throw ControlFault.refused("the destination is no absolute path")
        }
        let path = destination.string
        let report = try await store.backup(to: path)
        _ = try? await worker.run { [note] in note.write(path) }
        return .json { body in
            body.field("bytes", report.bytes)
            body.field("segments", report.segments)
        }
    }
}

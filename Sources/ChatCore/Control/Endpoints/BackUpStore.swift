import Encoding
import HTTP
import Logging
import Program
import Storage

/// `POST /store/backup {destination}`: `{bytes, segments}` once the copy is on the disk.
struct BackUpStore: Endpoint {
    static let target = "/store/backup"

    let store: any StoreAdministration
    let lastBackup: LastBackup
    let logger: Logger

    func answer(_ request: Request) async throws -> Response {
        let destination = try RequestBody(request).string("destination")
        guard destination.hasPrefix("/") else {
            throw ControlFault.refused("the destination is no absolute path")
        }
        let report = try await store.backup(to: destination.string)
        let note = BackupNote(
            at: WallClock.milliseconds, destination: destination, bytes: report.bytes)
        // The backup is good all the same.
        do { try lastBackup.record(note) } catch { logger.warning("\(error)") }
        return .json { body in
            body.field("bytes", report.bytes)
            body.field("segments", report.segments)
        }
    }
}

import Encoding
import HTTP
import Program

/// `POST /store/backup/checked {destination}`: `{}` once it is noted that Cipher has opened every
/// content of that backup.
struct NoteBackupCheck: Endpoint {
    static let target = "/store/backup/checked"

    let lastBackup: LastBackup

    func answer(_ request: Request) async throws -> Response {
        let destination = try RequestBody(request).string("destination")
        do { try lastBackup.noteCheck(of: destination, at: WallClock.milliseconds) } catch {
            throw ControlFault.refused("\(error)")
        }
        return .json { _ in }
    }
}

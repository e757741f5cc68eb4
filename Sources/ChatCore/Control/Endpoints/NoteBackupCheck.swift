import Encoding
import HTTP
import Logging
import Program

/// `POST /store/backup/checked {destination, result}`: `{}` once it is noted whether Cipher has
/// opened every content of that backup. The result is `passed` or `failed`.
struct NoteBackupCheck: Endpoint {
    static let target = "/store/backup/checked"

    let lastBackup: LastBackup
    let logger: Logger

    func answer(_ request: Request) async throws -> Response {
        let body = try RequestBody(request)
        let destination = try body.string("destination")
        let isGood = try body.string("result") == "passed"
        if !isGood {
            logger.error(
                "the check of a backup failed or could not run",
                metadata: ["backup": "\(destination)"])
        }
        do {
            try lastBackup.noteCheck(
                of: destination, isGood: isGood, at: WallClock.milliseconds)
        } catch { throw ControlFault.refused("\(error)") }
        return .json { _ in }
    }
}

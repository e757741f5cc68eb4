import Chat
import Encoding
import HTTP
import Storage

/// Why the server did not do what its operator asked.
enum ControlFault: Error {
    /// One line that says what to do.
    case refused(String)
    case noSuchOperation

    /// Nil for an error that nobody foresaw, which is ours.
    init?(_ error: any Error) {
        switch error {
        case let fault as ControlFault: self = fault
        case let fault as BackupFault: self = .refused(fault.description)
        case KeyForgetting.unknown:
            self = .refused("the store knows no such key version; nothing changed")
        case KeyForgetting.isHeld:
            self = .refused(
                "Cipher still holds that version: run Cipher keys forget, have Cipher take it up "
                    + "on SIGHUP, then come back")
        case let fault as ChatFault: self.init(fault)
        case let fault as StorageFault: self = .refused(fault.description)
        case is APIFault: self = .refused("the request lacks what it needs")
        default: return nil
        }
    }

    /// `{"error": "<one line for the operator>"}`
    var response: Response {
        let (status, line): (Status, String) =
            switch self {
            case .refused(let line): (.conflict, line)
            case .noSuchOperation: (.notFound, "the server that runs is of another version")
            }
        var response = Response.json { $0.field("error", line) }
        response.status = status
        return response
    }
}

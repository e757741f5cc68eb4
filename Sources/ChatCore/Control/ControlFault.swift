import Chat
import Program
import Storage

/// A refusal of a request over the control socket.
enum ControlFault: Error {
    /// The line tells the operator what to do.
    case refused(String)

    /// Returns nil for an unexpected error, which is a bug of ours.
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

    var refusal: ControlRefusal {
        switch self {
        case .refused(let line): ControlRefusal(line)
        }
    }
}

extension ControlFault {
    /// Translates a refusal of the chat's rules into the operator's language.
    init(_ fault: ChatFault) {
        let line =
            switch fault {
            case .userNotFound: "there is no user of exactly this name; see ChatCore users list"
            case .usernameTaken: "somebody has that name already"
            case .invalidUsername:
                "a name has 3 to 32 of A-Z a-z 0-9 . _ - and does not begin with -"
            case .weakPassword(.tooShort): "a password has at least 8 characters"
            case .weakPassword(.tooLong): "a password has at most 72 bytes"
            case .weakPassword(.holdsNUL): "a password holds no NUL"
            case .weakPassword(.isUsername): "the name is no password"
            case .weakPassword(.isCommon): "that password is one of the most common"
            case .busy: "the server has too many passwords to check right now; try again"
            case .invitesTooMany: "too many invitations wait to be used; see ChatCore users invites"
            case .badCredentials, .forbidden, .friendNotFound, .selfFriend, .alreadyFriends,
                .notFriends, .cursorUnknown, .blockListFull, .messageNotFound, .notYours,
                .replyUnknown, .searchUnderWay, .exportUnderWay, .emptyMessage, .messageTooLong,
                .idReused, .timestampsExhausted, .storeFull, .registrationClosed, .inviteNeeded,
                .inviteInvalid, .tooManyAttempts, .tooManyMessages, .tooMuchData, .tooManyNames,
                .photosOff, .photoNotFound, .photoUnknown, .photoTaken, .notAPhoto,
                .photoTooLarge, .photoSpace, .tooManyPhotos:
                "the server refuses that"
            }
        self = .refused(line)
    }
}

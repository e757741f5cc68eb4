import Chat

extension ControlFault {
    /// The rules' refusals, in the operator's language.
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
                .notFriends, .blockListFull, .emptyMessage, .messageTooLong, .idReused,
                .timestampsExhausted,
                .storeFull, .registrationClosed, .inviteNeeded, .inviteInvalid, .tooManyAttempts,
                .tooManyMessages, .tooMuchData, .tooManyNames:
                "the server refuses that"
            }
        self = .refused(line)
    }
}

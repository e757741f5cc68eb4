/// Why the rules refuse something. Each has one answer of its own.
package enum ChatFault: Error, Sendable, Equatable {
    case invalidUsername
    case weakPassword(PasswordProblem)
    case usernameTaken
    case badCredentials
    /// The id that claims to be the caller is not the caller's.
    case forbidden
    case userNotFound
    case friendNotFound
    case selfFriend
    case alreadyFriends
    case notFriends
    /// The caller has blocked as many users as one may.
    case blockListFull
    case emptyMessage
    case messageTooLong
    /// The message id stands for another message already.
    case idReused
    /// The conversation has a message of the last timestamp there is; its operator can mend that.
    case timestampsExhausted
    /// As much work of this kind waits as may.
    case busy
    /// The store holds as many messages as the operator lets it.
    case storeFull
    /// Nobody may register; nobody without an invitation; that is none, or it was used, or it has
    /// expired.
    case registrationClosed, inviteNeeded, inviteInvalid
    /// As many invitations wait to be used as may.
    case invitesTooMany

    // More than one person or address may do. The duration says when it is worth trying again.
    case tooManyAttempts(after: Duration)
    case tooManyMessages(after: Duration)
    case tooMuchData(after: Duration)
    case tooManyNames(after: Duration)
}

/// What is wrong with a password that somebody wants to have.
package enum PasswordProblem: Sendable, Equatable {
    case tooShort, tooLong, holdsNUL, isUsername, isCommon
}

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
    case emptyMessage
    case messageTooLong
    /// The message id stands for another message already.
    case idReused
    /// The conversation has a message of the last timestamp there is; its operator can mend that.
    case timestampsExhausted
    /// As much work of this kind waits as may.
    case busy
}

/// What is wrong with a password that somebody wants to have.
package enum PasswordProblem: Sendable, Equatable {
    case tooShort, tooLong, holdsNUL, isUsername, isCommon
}

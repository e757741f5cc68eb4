/// The reasons why the rules refuse a request. Each has its own answer.
package enum ChatFault: Error, Sendable, Equatable {
    case invalidUsername
    case weakPassword(PasswordProblem)
    case usernameTaken
    case badCredentials
    /// The request claims to come from another user than the caller.
    case forbidden
    case userNotFound
    case friendNotFound
    case selfFriend
    case alreadyFriends
    case notFriends
    /// The cursor says nothing about the list as it is.
    case cursorUnknown
    /// The caller has blocked as many users as allowed.
    case blockListFull
    case messageNotFound
    /// The message is another user's. Only the sender may delete it.
    case notYours
    /// The reply names no message of its conversation.
    case replyUnknown
    /// Photos are turned off, or the store keeps none.
    case photosOff
    /// There is no such photo between these two people.
    case photoNotFound
    /// The message names no photo that its sender has uploaded for its receiver, or one that
    /// another message names.
    case photoUnknown
    /// The id already identifies another photo, or a message names it.
    case photoTaken
    /// The bytes are no JPEG, WebP or PNG.
    case notAPhoto
    case photoTooLarge
    /// The photos take as much of the disk as the operator allows.
    case photoSpace
    /// The user has another search under way.
    case searchUnderWay
    /// The user has another export under way.
    case exportUnderWay
    case emptyMessage
    case messageTooLong
    /// The message id already identifies another message.
    case idReused
    /// A message of the conversation has the last timestamp there is. The operator can correct it.
    case timestampsExhausted
    /// Too much work of this kind waits already.
    case busy
    /// The store holds as many messages as the operator allows.
    case storeFull
    /// The operator has closed registration.
    case registrationClosed
    /// Registration needs an invitation.
    case inviteNeeded
    /// The invitation is unknown, used or expired.
    case inviteInvalid
    /// As many invitations as allowed are unused.
    case invitesTooMany

    // A user or an address exceeded a limit. The duration is the time until the next try may
    // succeed.
    case tooManyAttempts(after: Duration)
    case tooManyMessages(after: Duration)
    case tooMuchData(after: Duration)
    case tooManyPhotos(after: Duration)
    case tooManyNames(after: Duration)
}

/// The reasons why a new password is refused.
package enum PasswordProblem: Sendable, Equatable {
    case tooShort, tooLong, holdsNUL, isUsername, isCommon
}

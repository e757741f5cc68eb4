package import Encoding

/// An account as the store holds it.
package struct User: Sendable, Equatable {
    package let id: UserID
    package var username: ByteText
    /// The password's hash, never the password. A `!` before it keeps everybody from logging in, as
    /// in shadow(5): see `isDisabled`.
    package var password: ByteText
    /// The friends, in the order in which they were made.
    package var contacts: [UserID]
    /// Users who cannot add this one, in the order in which they were blocked.
    package var blocked: [UserID] = []
    /// Former friends. Each user of an ended friendship has the other in this list.
    package var formerFriends: [UserID] = []
    package var subscriptions = PushSubscriptions()
    /// Sessions of another epoch are invalid. The epoch is not above 0 while the password is one
    /// that an earlier system set.
    package var epoch: Int

    package init(
        id: UserID, username: ByteText, password: ByteText, contacts: [UserID] = [], epoch: Int = 0
    ) {
        self.id = id
        self.username = username
        self.password = password
        self.contacts = contacts
        self.epoch = epoch
    }
}

extension User {
    private static let lock: StaticString = "!"

    /// Whether the operator keeps this user from logging in. The mark is a part of `password`, so
    /// that programs of before, which know no mark, find no hash there and refuse the log-in too.
    package var isDisabled: Bool { Self.isDisabled(password: password) }
    package static func isDisabled(password: ByteText) -> Bool { password.hasPrefix(lock) }

    /// The hash alone, also of a disabled user.
    package var passwordHash: ByteText { Self.hash(in: password) }

    /// Sets the mark, or removes it.
    package mutating func setDisabled(_ isDisabled: Bool) {
        password = isDisabled ? ByteText("\(Self.lock)\(passwordHash)") : passwordHash
    }

    /// Sets another hash. A disabled user stays disabled.
    package mutating func setPasswordHash(_ hash: ByteText) {
        password = isDisabled ? ByteText("\(Self.lock)\(hash)") : hash
    }

    /// Returns the hash in a stored password.
    static func hash(in password: ByteText) -> ByteText {
        password.hasPrefix(lock) ? password.droppingFirst(lock.utf8CodeUnitCount) : password
    }
}

extension User {
    /// Returns whether a list of this user contains the other.
    func names(_ other: UserID) -> Bool {
        contacts.contains(other) || blocked.contains(other) || formerFriends.contains(other)
    }

    /// Removes the other from every list of this user.
    mutating func forget(_ other: UserID) {
        contacts.removeAll { $0 == other }
        blocked.removeAll { $0 == other }
        formerFriends.removeAll { $0 == other }
    }
}

/// Identifies a user for good. An id is any text, because earlier systems chose their own. Two
/// spellings of a UUID in different case are equal.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText
    /// Computed once, because every lookup and comparison needs it. A computation takes 36 ns.
    let hash: UInt64

    package init(_ text: ByteText) {
        self.text = text
        hash = IdentifierHash.of(text)
    }

    package var description: String { text.string }

    package static func == (one: UserID, other: UserID) -> Bool {
        one.hash == other.hash && UUIDText.areEqual(one.text, other.text)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

/// An invitation, which lets one person register.
package struct Invite: Sendable, Equatable {
    /// The digest of the invitation's code. The store does not hold the code.
    package let digest: ByteText
    /// The time at which the invitation expires, in milliseconds since 1970.
    package let expiresAt: Int64

    package init(digest: ByteText, expiresAt: Int64) {
        self.digest = digest
        self.expiresAt = expiresAt
    }
}

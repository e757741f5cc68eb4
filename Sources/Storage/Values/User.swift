package import Encoding

/// An account as the store holds it.
package struct User: Sendable, Equatable {
    package let id: UserID
    package var username: ByteText
    /// The password's hash, never the password.
    package var password: ByteText
    /// The friends, in the order in which they were made.
    package var contacts: [UserID]
    /// Users who cannot add this one, in the order in which they were blocked.
    package var blocked: [UserID] = []
    /// Former friends. Each user of an ended friendship has the other in this list.
    package var formerFriends: [UserID] = []
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
    /// Whether a list of this user's has the other in it.
    func names(_ other: UserID) -> Bool {
        contacts.contains(other) || blocked.contains(other) || formerFriends.contains(other)
    }

    /// Takes the other out of every list of this user's.
    mutating func forget(_ other: UserID) {
        contacts.removeAll { $0 == other }
        blocked.removeAll { $0 == other }
        formerFriends.removeAll { $0 == other }
    }
}

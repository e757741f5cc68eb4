internal import Encoding

/// A user as the table holds it, with others by their numbers.
struct UserSlot: Sendable {
    let id: UserID
    var username: ByteText
    var password: ByteText
    var epoch: Int
    var contacts: [UInt32] = []
    var blocked: [UInt32] = []
    var formerFriends: [UInt32] = []
    /// Conversations with users of a higher number, or with itself, by that number.
    var conversations: [UInt32: UInt32] = [:]
    /// False for a user who has been removed, and for one so far known as a contact only.
    var isPresent: Bool
}

extension UserSlot {
    /// Whether a list of this user's has the other in it.
    func names(_ other: UInt32) -> Bool {
        contacts.contains(other) || blocked.contains(other) || formerFriends.contains(other)
    }
}

/// All of them, by number.
extension [UserSlot] {
    func user(_ number: UInt32) -> User {
        let slot = self[Int(number)]
        var user = User(
            id: slot.id, username: slot.username, password: slot.password,
            contacts: slot.contacts.map { self[Int($0)].id }, epoch: slot.epoch)
        user.blocked = slot.blocked.map { self[Int($0)].id }
        user.formerFriends = slot.formerFriends.map { self[Int($0)].id }
        return user
    }

    var users: [User] {
        indices.filter { self[$0].isPresent }.map { user(UInt32($0)) }
    }
}

internal import Encoding

/// A user in the table, which refers to other users by their numbers.
struct UserSlot: Sendable {
    let id: UserID
    var username: ByteText
    var password: ByteText
    var epoch: Int
    var contacts: [UInt32] = []
    var blocked: [UInt32] = []
    var formerFriends: [UInt32] = []
    var subscriptions = PushSubscriptions()
    /// Conversations with users of a higher number, or with the user itself, by that number.
    var conversations: [UInt32: UInt32] = [:]
    /// Is false for a removed user, and for a user that is known only as a contact so far.
    var isPresent: Bool
}

extension UserSlot {
    /// Returns whether a list of this user contains the other.
    func names(_ other: UInt32) -> Bool {
        contacts.contains(other) || blocked.contains(other) || formerFriends.contains(other)
    }
}

/// All users by number.
extension [UserSlot] {
    func user(_ number: UInt32) -> User {
        let slot = self[Int(number)]
        var user = User(
            id: slot.id, username: slot.username, password: slot.password,
            contacts: slot.contacts.map { self[Int($0)].id }, epoch: slot.epoch)
        user.blocked = slot.blocked.map { self[Int($0)].id }
        user.formerFriends = slot.formerFriends.map { self[Int($0)].id }
        user.subscriptions = slot.subscriptions
        return user
    }

    var users: [User] {
        indices.filter { self[$0].isPresent }.map { user(UInt32($0)) }
    }
}

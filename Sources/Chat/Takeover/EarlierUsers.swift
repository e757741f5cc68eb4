internal import Encoding
internal import Storage

/// The earlier system's users with corrected friendships: mutual, without duplicates, and only with
/// existing users.
struct EarlierUsers {
    private(set) var users: [User] = []
    private var places: [UserID: Int] = [:]

    init(_ earlier: [EarlierData.User], _ notes: TakeoverNotes) throws(TakeoverFault) {
        var names: [ByteText: UserID] = [:]
        for user in earlier {
            let id = UserID(user.id)
            guard places.updateValue(users.count, forKey: id) == nil else {
                throw .unreadable("two users have the id \(id)")
            }
            if let other = names.updateValue(id, forKey: user.username) {
                throw .unreadable(
                    "two users have the name \(user.username), with the ids \(other) and \(id): "
                        + "give one of them another name in it")
            }
            users.append(
                User(id: id, username: user.username, password: Self.hash(user, notes)))
        }
        for user in earlier {
            for contact in user.contacts { befriend(UserID(user.id), UserID(contact), notes) }
        }
    }

    func contains(_ id: UserID) -> Bool { places[id] != nil }

    /// Returns the user's hash. A password that is no hash is replaced, because it would be
    /// readable.
    private static func hash(_ user: EarlierData.User, _ notes: TakeoverNotes) -> ByteText {
        if SealedForm.isPasswordHash(user.password) { return user.password }
        notes.add(.droppedPassword, "\(user.id)")
        return SealedForm.unusableHash()
    }

    private mutating func befriend(_ one: UserID, _ other: UserID, _ notes: TakeoverNotes) {
        guard one != other, let first = places[one], let second = places[other] else {
            notes.add(.droppedContact, "\(one)->\(other)")
            return
        }
        let (one, other) = (users[first].id, users[second].id)
        if !users[first].contacts.contains(other) { users[first].contacts.append(other) }
        if !users[second].contacts.contains(one) { users[second].contacts.append(one) }
    }
}

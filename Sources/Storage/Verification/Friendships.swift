internal import Encoding

/// The contacts of all users in `db.json`, to check that they are mutual. Changes in the journal
/// always affect both directions.
struct Friendships: SnapshotVisitor {
    struct OneSided: Equatable {
        let user: UserID
        let contact: UserID
        /// The offset at which the user's record begins.
        let offset: Int64
    }

    private var lists: [UserID: Set<UserID>] = [:]
    private var order: [(id: UserID, offset: Int64)] = []

    mutating func user(_ record: Span<UInt8>, at offset: Int64) throws(StorageFault) {
        var scanner = JSONScanner()
        // The replay reports a record that is no user.
        guard let found = try? UserRecord(&scanner, in: record) else { return }
        add(found.user, at: offset)
    }

    mutating func message(_ record: Span<UInt8>, at offset: Int64) {}

    mutating func add(_ user: User, at offset: Int64) {
        lists[user.id] = Set(user.contacts)
        order.append((user.id, offset))
    }

    /// The first contact who does not have the user as a contact.
    var oneSided: OneSided? {
        for (id, offset) in order {
            for contact in lists[id] ?? [] where lists[contact]?.contains(id) != true {
                return OneSided(user: id, contact: contact, offset: offset)
            }
        }
        return nil
    }
}

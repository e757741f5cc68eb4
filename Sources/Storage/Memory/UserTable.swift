internal import Encoding

/// All users by number, id and name. A number belongs to its user for good.
struct UserTable: ~Copyable {
    private(set) var slots: [UserSlot] = []
    private(set) var count = 0
    private var hashes = ChunkedArray<UInt64>()
    /// The spelling of each id, or nil for one of another length.
    private var spellings: [IDSpelling?] = []
    private var identifiers = HashTable()
    private var names: [ByteText: UInt32] = [:]
    private var foldedNames: [ByteText: [UInt32]] = [:]
    private(set) var endpoints = EndpointTable()

    init() {}

    func number(of id: UserID) -> UInt32? {
        let number =
            number(ofSpelling: id)
            ?? identifiers.first(id.hash, in: hashes) {
                slots[Int($0)].isPresent && slots[Int($0)].id == id
            }
        return number.flatMap { slots[Int($0)].isPresent ? $0 : nil }
    }

    /// Returns the number of the user with exactly this spelling of the id.
    func number(ofExactly id: UserID) -> UInt32? {
        number(ofSpelling: id).flatMap { slots[Int($0)].isPresent ? $0 : nil }
    }

    /// Returns the number of a user whose id is still in bytes, as `number(of:)` does.
    func number(ofBytes id: Span<UInt8>) -> UInt32? {
        number(ofExactBytes: id) ?? number(of: UserID(ByteText(repairing: id)))
    }

    private func number(ofExactBytes id: Span<UInt8>) -> UInt32? {
        let hash = IdentifierHash.of(id)
        var found: UInt32?
        // Copies the few candidates out, because a closure cannot borrow the span.
        var passed = 0
        while let number = candidate(hash, after: passed) {
            if slots[Int(number)].isPresent, id.equals(slots[Int(number)].id.text.utf8.span) {
                found = number
                break
            }
            passed += 1
        }
        return found
    }

    func number(named name: ByteText) -> UInt32? {
        names[name] ?? foldedNames[name.caseFolded]?.first
    }

    /// Those whose names differ from this one in case alone.
    func numbers(foldedName name: ByteText) -> [UInt32] { foldedNames[name] ?? [] }

    func number(namedExactly name: ByteText) -> UInt32? { names[name] }

    func user(_ number: UInt32) -> User { slots.user(number) }

    /// Returns whether `other` is among the contacts of `one`.
    func areFriends(_ one: UserID, _ other: UserID) -> Bool {
        guard let number = number(of: one), let friend = self.number(of: other) else {
            return false
        }
        return slots[Int(number)].contacts.contains(friend)
    }

    subscript(number: UInt32) -> UserSlot {
        slots[Int(number)]
    }

    /// Adds a user whose id is not present. Contacts may be added later.
    mutating func add(_ user: User) -> UInt32 {
        let number = numberOrNew(for: user.id)
        let index = Int(number)
        precondition(!slots[index].isPresent, "the user is present already")
        slots[index].username = user.username
        slots[index].password = user.password
        slots[index].epoch = user.epoch
        slots[index].contacts = user.contacts.map { numberOrNew(for: $0) }
        slots[index].blocked = user.blocked.map { numberOrNew(for: $0) }
        slots[index].formerFriends = user.formerFriends.map { numberOrNew(for: $0) }
        slots[index].isPresent = true
        count += 1
        addName(of: number)
        setSubscriptions(user.subscriptions, of: number)
        return number
    }

    /// Sets name, password and epoch.
    mutating func change(_ number: UInt32, to user: User) {
        if slots[Int(number)].username != user.username {
            removeName(of: number)
            slots[Int(number)].username = user.username
            addName(of: number)
        }
        slots[Int(number)].password = user.password
        if slots[Int(number)].epoch != user.epoch {
            setSubscriptions(PushSubscriptions(), of: number)
        }
        slots[Int(number)].epoch = user.epoch
    }

    /// Sets the user's push subscriptions. Their endpoints leave other users.
    mutating func setSubscriptions(_ subscriptions: PushSubscriptions, of number: UInt32) {
        for subscription in subscriptions.list {
            let endpoint = subscription.endpoint
            guard let owner = endpoints.owner(of: endpoint), owner != number else { continue }
            slots[Int(owner)].subscriptions.remove([endpoint])
        }
        endpoints.replace(slots[Int(number)].subscriptions, with: subscriptions, of: number)
        slots[Int(number)].subscriptions = subscriptions
    }

    /// Returns whether either user has the other as a contact.
    func areContacts(_ one: UInt32, _ other: UInt32) -> Bool {
        slots[Int(one)].contacts.contains(other) || slots[Int(other)].contacts.contains(one)
    }

    func isBlocked(_ one: UserID, by other: UserID) -> Bool {
        guard let one = number(of: one), let other = number(of: other) else { return false }
        return slots[Int(other)].blocked.contains(one)
    }

    /// Returns whether the friendship of the conversation's two users has ended.
    ///
    /// - Parameter number: The number of one of the two.
    func wereFriends(_ number: UInt32, _ conversation: Conversation) -> Bool {
        let former = slots[Int(number)].formerFriends
        if former.isEmpty { return false }
        let isFirst = slots[Int(number)].id == conversation.first
        return self.number(of: isFirst ? conversation.second : conversation.first)
            .map { former.contains($0) } ?? false
    }

    /// Ends a friendship in both directions. Each user stays on the other's list of former friends.
    mutating func part(_ one: UInt32, _ other: UInt32) {
        for (number, friend) in [(one, other), (other, one)] {
            slots[Int(number)].contacts.removeAll { $0 == friend }
            if !slots[Int(number)].formerFriends.contains(friend) {
                slots[Int(number)].formerFriends.append(friend)
            }
        }
    }

    mutating func block(_ one: UInt32, by other: UInt32) {
        if !slots[Int(other)].blocked.contains(one) { slots[Int(other)].blocked.append(one) }
    }

    mutating func unblock(_ one: UInt32, by other: UInt32) {
        slots[Int(other)].blocked.removeAll { $0 == one }
    }

    mutating func befriend(_ number: UInt32, _ other: UInt32) {
        unblock(other, by: number)
        slots[Int(number)].formerFriends.removeAll { $0 == other }
        if !slots[Int(number)].contacts.contains(other) {
            slots[Int(number)].contacts.append(other)
        }
    }

    /// Returns the users who have this one in one of their lists.
    func numbers(naming number: UInt32) -> [UInt32] {
        slots.indices.filter { slots[$0].names(number) }.map { UInt32($0) }
    }

    /// Removes the user from the table and from every list. Returns the friends and former friends
    /// of the user.
    mutating func remove(_ number: UInt32) -> [UInt32] {
        removeName(of: number)
        identifiers.remove(number, in: hashes)
        slots[Int(number)].isPresent = false
        slots[Int(number)].contacts = []
        slots[Int(number)].blocked = []
        slots[Int(number)].formerFriends = []
        setSubscriptions(PushSubscriptions(), of: number)
        count -= 1
        var friends: [UInt32] = []
        for index in slots.indices {
            slots[index].blocked.removeAll { $0 == number }
            let count = slots[index].contacts.count + slots[index].formerFriends.count
            // Removes every occurrence, because a file may name one contact twice.
            slots[index].contacts.removeAll { $0 == number }
            slots[index].formerFriends.removeAll { $0 == number }
            let left = slots[index].contacts.count + slots[index].formerFriends.count
            if left < count { friends.append(UInt32(index)) }
        }
        return friends
    }

    func number(of conversation: Conversation) -> UInt32? {
        guard let first = number(of: conversation.first),
            let second = number(of: conversation.second)
        else { return nil }
        return self.conversation(first, second)
    }

    func conversation(_ one: UInt32, _ other: UInt32) -> UInt32? {
        slots[Int(min(one, other))].conversations[max(one, other)]
    }

    mutating func setConversation(_ one: UInt32, _ other: UInt32, to conversation: UInt32?) {
        slots[Int(min(one, other))].conversations[max(one, other)] = conversation
    }

    /// Returns a contact of some user that has no record, or nil if there is none.
    var missingContact: UserID? {
        for slot in slots where slot.isPresent {
            for other in slot.contacts + slot.blocked + slot.formerFriends
            where !slots[Int(other)].isPresent {
                return slots[Int(other)].id
            }
        }
        return nil
    }

    /// The contact lists that were mended.
    struct MendedContacts {
        /// Contacts who are no users.
        var dropped: [(user: UserID, contact: UserID)] = []
        /// Contacts who did not have the user as a contact.
        var returned: [(user: UserID, contact: UserID)] = []
    }

    mutating func mendContacts() -> MendedContacts {
        var mended = MendedContacts()
        for index in slots.indices where slots[index].isPresent {
            let id = slots[index].id
            for contact in slots[index].contacts {
                if !slots[Int(contact)].isPresent || Int(contact) == index {
                    mended.dropped.append((id, slots[Int(contact)].id))
                } else if !slots[Int(contact)].contacts.contains(UInt32(index)) {
                    slots[Int(contact)].contacts.append(UInt32(index))
                    mended.returned.append((id, slots[Int(contact)].id))
                }
            }
            slots[index].contacts = slots[index].contacts.filter {
                slots[Int($0)].isPresent && Int($0) != index
            }
            slots[index].blocked = slots[index].blocked.filter { slots[Int($0)].isPresent }
            slots[index].formerFriends = slots[index].formerFriends.filter {
                slots[Int($0)].isPresent
            }
        }
        return mended
    }

    /// Returns the number of exactly this spelling of the id. A store may hold users whose ids
    /// differ in case alone.
    private func number(ofSpelling id: UserID) -> UInt32? {
        guard let spelling = IDSpelling(id.text) else {
            return identifiers.first(id.hash, in: hashes) { slots[Int($0)].id.text == id.text }
        }
        return identifiers.first(id.hash, in: hashes) { spellings[Int($0)] == spelling }
    }

    private func candidate(_ hash: UInt64, after passed: Int) -> UInt32? {
        var left = passed
        return identifiers.first(hash, in: hashes) { _ in
            defer { left -= 1 }
            return left == 0
        }
    }

    /// Returns the number of this id, after adding it if it has none.
    mutating func numberOrNew(for id: UserID) -> UInt32 {
        if let number = number(ofSpelling: id) { return number }
        let number = UInt32(slots.count)
        slots.append(UserSlot(id: id, username: "", password: "", epoch: 0, isPresent: false))
        hashes.append(id.hash)
        spellings.append(IDSpelling(id.text))
        identifiers.insert(number, in: hashes)
        return number
    }

    private mutating func addName(of number: UInt32) {
        let name = slots[Int(number)].username
        names[name] = number
        foldedNames[name.caseFolded, default: []].append(number)
    }

    private mutating func removeName(of number: UInt32) {
        let name = slots[Int(number)].username
        names[name] = nil
        let folded = name.caseFolded
        foldedNames[folded]?.removeAll { $0 == number }
        if foldedNames[folded]?.isEmpty == true { foldedNames[folded] = nil }
    }
}

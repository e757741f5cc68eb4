internal import Encoding
internal import Storage

/// The rows that decisions and changes look at.
struct Wanted: Equatable, Sendable {
    struct Time: Hashable, Sendable {
        let pair: Pair
        let upTo: Int64
    }

    /// Users without their lists.
    var users: Set<ByteText> = []
    /// Users with their lists and subscriptions.
    var wholeUsers: Set<ByteText> = []
    /// Names regardless of case, with their whole users.
    var names: Set<ByteText> = []
    var pairs: Set<Pair> = []
    var messageIDs: Set<ByteText> = []
    var messages: Set<ByteText> = []
    var photos: Set<PhotoID> = []
    var times: Set<Time> = []
    var endpoints: Set<ByteText> = []
    var subscriptions: Set<ByteText> = []
    var invites: Set<ByteText> = []
    var allInvites = false
    var keys = false

    var isEmpty: Bool { self == Wanted() }

    init() {}

    init(_ needs: some Sequence<Fact>) {
        for need in needs { add(need) }
    }

    mutating func add(_ fact: Fact) {
        switch fact {
        case .user(let id): wholeUsers.insert(id.key)
        case .userID(let id): users.insert(id.key)
        case .name(let name): names.insert(name.caseFolded)
        case .contact(let one, let other): add(one, other)
        case .blocked(let one, let other): add(one, other)
        case .lastTimestamp(let talk): add(talk.first, talk.second)
        case .readUpTo(let reader, let other): add(reader, other)
        case .timestamp(let talk, let time):
            add(talk.first, talk.second)
            times.insert(Time(pair: Pair(talk), upTo: time))
        case .messageID(let id): messageIDs.insert(id.key)
        case .message(let id): messages.insert(id.key)
        case .newestTimestamp, .messageCount, .subscriptionCount: break
        case .keys: keys = true
        case .invite(let digest): invites.insert(digest)
        case .invites: allInvites = true
        }
    }

    mutating func add(_ one: UserID, _ other: UserID) {
        let pair = Pair(one, other)
        users.formUnion([pair.user, pair.friend])
        pairs.formUnion([pair, pair.reversed])
    }

    /// Adds what a change needs beside the facts of its decision.
    mutating func add(_ change: Change) {
        switch change {
        case .userAdded(let user): add(new: user)
        case .userInvited(let user, let digest):
            add(new: user)
            invites.insert(digest)
        case .userChanged(let user):
            users.insert(user.id.key)
            subscriptions.insert(user.id.key)
            names.insert(user.username.caseFolded)
        case .userRemoved(let id): users.insert(id.key)
        case .befriended(let one, let other, _), .parted(let one, let other),
            .blocked(let one, let other), .unblocked(let one, let other):
            add(one, other)
        case .messageAdded(let message):
            add(message.senderId, message.receiverId)
            messageIDs.insert(message.id.key)
            if let photo = message.photo { photos.insert(photo.id) }
        case .messageReplaced(let id, _, _): messages.insert(id.key)
        case .messageDeleted(let tombstone):
            add(tombstone.senderId, tombstone.receiverId)
            messages.insert(tombstone.id.key)
        case .messagesRead(let reader, let other, let time):
            add(.timestamp(of: Conversation(reader, other), upTo: time))
        case .keySeen, .keyForgotten: keys = true
        case .subscribed(let id, let subscription):
            users.insert(id.key)
            subscriptions.insert(id.key)
            endpoints.insert(subscription.endpoint)
        case .unsubscribed(let id, _):
            users.insert(id.key)
            subscriptions.insert(id.key)
        case .invitesAdded(let list): invites.formUnion(list.map(\.digest))
        case .invitesRemoved(let digests): invites.formUnion(digests)
        }
    }

    private mutating func add(new user: User) {
        users.insert(user.id.key)
        names.insert(user.username.caseFolded)
    }

    /// Leaves out what was loaded before.
    mutating func subtract(_ loaded: Wanted) {
        users.subtract(loaded.users)
        wholeUsers.subtract(loaded.wholeUsers)
        names.subtract(loaded.names)
        pairs.subtract(loaded.pairs)
        messageIDs.subtract(loaded.messageIDs)
        messages.subtract(loaded.messages)
        photos.subtract(loaded.photos)
        times.subtract(loaded.times)
        endpoints.subtract(loaded.endpoints)
        subscriptions.subtract(loaded.subscriptions)
        invites.subtract(loaded.invites)
        if loaded.allInvites { (allInvites, invites) = (false, []) }
        if loaded.keys { keys = false }
    }

    mutating func formUnion(_ others: Wanted) {
        users.formUnion(others.users)
        wholeUsers.formUnion(others.wholeUsers)
        names.formUnion(others.names)
        pairs.formUnion(others.pairs)
        messageIDs.formUnion(others.messageIDs)
        messages.formUnion(others.messages)
        photos.formUnion(others.photos)
        times.formUnion(others.times)
        endpoints.formUnion(others.endpoints)
        subscriptions.formUnion(others.subscriptions)
        invites.formUnion(others.invites)
        allInvites = allInvites || others.allInvites
        keys = keys || others.keys
    }
}

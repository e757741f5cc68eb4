internal import Encoding

/// Push subscriptions. An endpoint has one owner.
extension MemoryState {
    func subscriptions(of id: UserID) -> [PushSubscription] {
        index.users.number(of: id).map { index.users[$0].subscriptions.list } ?? []
    }

    func subscribe(_ id: UserID, _ subscription: PushSubscription) {
        guard let number = index.users.number(of: id) else { return }
        var subscriptions = index.users[number].subscriptions
        subscriptions.add(subscription)
        index.users.setSubscriptions(subscriptions, of: number)
    }

    func unsubscribe(_ id: UserID, _ endpoints: [ByteText]) {
        guard let number = index.users.number(of: id) else { return }
        var subscriptions = index.users[number].subscriptions
        subscriptions.remove(endpoints)
        index.users.setSubscriptions(subscriptions, of: number)
    }
}

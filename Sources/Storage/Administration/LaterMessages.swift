internal import EventLoop

extension RecordReader {
    /// See `StoreAdministration.messages(laterThan:)`.
    func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages {
        let (addresses, count) = memory.value.addresses(
            laterThan: latest, limit: FutureMessages.listedMax)
        return FutureMessages(listed: try await read(addresses).messages.map(\.id), count: count)
    }
}

extension Index {
    /// Returns the addresses of up to `limit` messages later than a time, and the number of all
    /// such messages.
    func addresses(laterThan latest: Int64, limit: Int) -> ([Address], count: Int) {
        var addresses: [Address] = []
        var count = 0
        for conversation in conversations.indices {
            let all = conversations.count(of: conversation)
            let first = rank(after: latest, in: conversation)
            count += all - first
            let wanted = first..<min(all, first + max(0, limit - addresses.count))
            for number in conversations.numbers(wanted, in: conversation) {
                addresses.append(messages.address(of: number))
            }
        }
        return (addresses, count)
    }
}

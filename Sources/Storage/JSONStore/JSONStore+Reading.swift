internal import Encoding
internal import EventLoop

/// A message with where it was found, so that it can be told whether it is still there.
struct FoundMessage: Sendable {
    let number: UInt32
    let address: Address
    let message: StoredMessage
}

extension JSONStore {
    package func messages(
        in conversation: Conversation, after: Int64?, before: Int64?, limit: Int, newest: Bool
    ) async throws(StorageFault) -> [RecordedMessage] {
        let range = (after: after, before: before)
        return try await read(
            addresses(in: conversation, range, limit: min(limit, Self.messagesMax), newest))
    }

    /// Apart from `messages`, so that no copy of the index is held while the disk is waited for:
    /// changes made meanwhile would have to copy what they touch.
    private func addresses(
        in conversation: Conversation, _ range: (after: Int64?, before: Int64?), limit: Int,
        _ newest: Bool
    ) -> [Address] {
        let index = ledger.index
        guard let conversation = index.users.number(of: conversation), limit > 0 else { return [] }
        let first = range.after.map { index.rank(after: $0, in: conversation) } ?? 0
        let end = range.before.map { before in
            before == .min ? 0 : index.rank(after: before - 1, in: conversation)
        }
        let ranks = first..<max(first, end ?? index.conversations.count(of: conversation))
        let wanted = newest ? ranks.suffix(limit) : ranks.prefix(limit)
        return index.conversations.numbers(wanted, in: conversation)
            .map { index.messages.address(of: $0) }
    }

    package func messages(
        from place: Int, limit: Int
    ) async throws(StorageFault) -> (messages: [StoredMessage], next: Int?) {
        let (addresses, next) = addresses(from: place, limit: min(limit, Self.messagesMax))
        return (try await read(addresses).map(\.message), next)
    }

    private func addresses(from place: Int, limit: Int) -> ([Address], next: Int?) {
        let all = ledger.index.messages.addresses
        let end = min(place + limit, all.count)
        let addresses = (place..<max(place, end)).map { Address(packed: all[$0]) }
        return (addresses.filter { $0 != .none }, end < all.count ? end : nil)
    }

    package func message(_ id: MessageID) async throws(StorageFault) -> StoredMessage? {
        try await find(id)?.message
    }

    /// The message of this id: those with its hash are read until one has it.
    func find(_ id: MessageID) async throws(StorageFault) -> FoundMessage? {
        let hash = IdentifierHash.of(id.text)
        var others: Set<UInt32> = []
        while let number = ledger.index.message(withHash: hash, where: { !others.contains($0) }) {
            let address = ledger.index.messages.address(of: number)
            for found in try await read([address]) where found.id.text == id.text {
                return FoundMessage(number: number, address: address, message: found.message)
            }
            others.insert(number)
        }
        return nil
    }

    func isStill(_ found: FoundMessage) -> Bool {
        let hash = IdentifierHash.of(found.message.id.text)
        return ledger.index.message(withHash: hash, where: { $0 == found.number }) != nil
            && ledger.index.messages.address(of: found.number) == found.address
    }

    /// Reads the records at these places: on the loop what is in memory, the rest on a thread.
    private func read(
        _ addresses: [Address]
    ) async throws(StorageFault) -> [RecordedMessage] {
        let reading = RecordReading(addresses, in: generation)
        var messages: [RecordedMessage] = []
        messages.reserveCapacity(addresses.count)
        for (index, run) in reading.runs.enumerated() {
            if let bytes = run.file.readCached(run.length, at: run.offset) {
                try run.parse(bytes, appendingTo: &messages)
                continue
            }
            if isClosed { throw .closed }
            let rest = reading.runs[index...]
            messages += try await threads.background.perform { () throws(StorageFault) in
                try RecordReading.read(rest)
            }
            break
        }
        return messages
    }
}

import Chat
import CipherAPI

/// Items of one or several calls that go to Cipher in one request.
///
/// It owns its calls in the order of their items, so answers find their call by position.
struct CipherBatch {
    struct Part {
        let call: CipherCall
        let items: Range<Int>
    }

    private static let requestIDsMax = 8

    private(set) var parts: [Part] = []
    private(set) var itemCount = 0
    /// Exact: `{"batch":[]}`, the items, and the commas between them.
    private(set) var byteCount = 12

    /// Appends as many of the call's items as fit, from index `first` on, and returns their count.
    /// An item that is too long for any batch goes alone.
    mutating func append(
        _ call: CipherCall, from first: Int, _ limits: CipherLaneLimits
    ) -> Int {
        var end = first
        while end < call.items.count {
            let bytes = call.items.byteCount(of: end..<(end + 1)) + (itemCount == 0 ? 0 : 1)
            let fits =
                itemCount < limits.batchItemsMax && byteCount + bytes <= limits.batchBytesMax
            guard fits || itemCount == 0 else { break }
            itemCount += 1
            byteCount += bytes
            end += 1
        }
        if end > first { parts.append(Part(call: call, items: first..<end)) }
        return end - first
    }

    /// Returns one batch for each part.
    func split() -> [CipherBatch] {
        parts.map { part in
            var batch = CipherBatch()
            batch.parts = [part]
            batch.itemCount = part.items.count
            batch.byteCount += part.call.items.byteCount(of: part.items)
            return batch
        }
    }

    /// The request ids of the first calls, for Cipher's log.
    var requestIDs: String {
        var ids: [String] = []
        for part in parts {
            guard let id = part.call.requestID?.text, ids.last != id else { continue }
            if ids.count == Self.requestIDsMax { break }
            ids.append(id)
        }
        return ids.joined(separator: ",")
    }

    var body: [UInt8] {
        if itemCount == 1, let only = parts.first {
            return Array(only.call.items.bytes(of: only.items))
        }
        if parts.count == 1, let only = parts.first, only.items.count == only.call.items.count {
            return only.call.items.batch
        }
        return CipherRequest.encode(batch: parts.map { $0.call.items.bytes(of: $0.items) })
    }

    /// Hands each call its answers. There is one answer for each item.
    func deliver(_ answers: [CipherAnswer.Item]) {
        var answers = answers[...]
        for part in parts {
            part.call.receive(answers.prefix(part.items.count), for: part.items)
            answers = answers.dropFirst(part.items.count)
        }
    }

    func fail(_ fault: VaultFault) {
        for part in parts { part.call.finish(.failure(fault)) }
    }
}

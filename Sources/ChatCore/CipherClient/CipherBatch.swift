import Chat
import CipherAPI

/// Items of one or several calls that go to Cipher in one request.
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

    /// Takes as many of the call's items as fit, from one of them on; returns how many. An item
    /// that is too long for any batch goes alone.
    mutating func take(
        from call: CipherCall, at first: Int, _ limits: CipherLaneLimits
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

    /// Its parts, each as a batch of its own.
    var apart: [CipherBatch] {
        parts.map { part in
            var batch = CipherBatch()
            batch.parts = [part]
            batch.itemCount = part.items.count
            batch.byteCount += part.call.items.byteCount(of: part.items)
            return batch
        }
    }

    /// Whose items these are, as far as that fits on a line.
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
        return CipherRequest.encode(batch: parts.map { $0.call.items.bytes(of: $0.items) })
    }

    /// Gives each call its answers, of which there is one for each item.
    func fill(with answers: [CipherAnswer.Item]) {
        var answers = answers[...]
        for part in parts {
            part.call.fill(part.items, with: answers.prefix(part.items.count))
            answers = answers.dropFirst(part.items.count)
        }
    }

    func end(_ fault: VaultFault) {
        for part in parts { part.call.end(.failure(fault)) }
    }
}

import CipherAPI

/// The queued calls of one lane, first in, first out. Some items of the first call may be sent
/// already.
struct BatchQueue {
    private let limits: CipherLaneLimits
    private var calls: [CipherCall] = []
    /// The index of the first queued call. Calls before it are sent.
    private var first = 0
    /// Counts the sent items of the first call.
    private var sent = 0
    private(set) var itemCount = 0
    private(set) var byteCount = 0

    init(_ limits: CipherLaneLimits) {
        self.limits = limits
    }

    /// Whether another call is refused.
    var isFull: Bool { byteCount >= limits.queuedBytesMax }

    mutating func append(_ call: CipherCall) {
        calls.append(call)
        itemCount += call.items.count
        byteCount += call.items.byteCount(of: 0..<call.items.count)
    }

    /// Removes and returns the longest batch that the limits allow; nil if no item is queued. Items
    /// of calls that are over are dropped.
    mutating func next() -> CipherBatch? {
        var batch = CipherBatch()
        while first < calls.count {
            let call = calls[first]
            let end = call.items.count
            let left = end - sent
            let taken = call.isOver ? left : batch.append(call, from: sent, limits)
            itemCount -= taken
            // Includes the comma between the items that go and those that stay.
            byteCount -= call.items.byteCount(of: sent..<end)
            byteCount += call.items.byteCount(of: (sent + taken)..<end)
            sent += taken
            if taken < left { break }
            first += 1
            sent = 0
        }
        // Compacts once half of the array is sent, so that no call moves twice.
        if first * 2 >= calls.count {
            calls.removeFirst(first)
            first = 0
        }
        return batch.parts.isEmpty ? nil : batch
    }

    mutating func removeAll() -> [CipherCall] {
        defer { self = BatchQueue(limits) }
        return Array(calls[first...])
    }
}

import CipherAPI

/// Calls that wait to be sent, first in, first out; the first of them perhaps in part.
struct BatchQueue {
    private let limits: CipherLaneLimits
    private var calls: [CipherCall] = []
    /// Calls before it have gone.
    private var first = 0
    /// How many items of the first call have gone.
    private var sent = 0
    /// Items that wait, and their bytes.
    private(set) var itemCount = 0
    private(set) var byteCount = 0

    init(_ limits: CipherLaneLimits) {
        self.limits = limits
    }

    /// Whether so much waits that another call is refused.
    var isFull: Bool { byteCount >= limits.waitingBytesMax }

    mutating func append(_ call: CipherCall) {
        calls.append(call)
        itemCount += call.items.count
        byteCount += call.items.byteCount(of: 0..<call.items.count)
    }

    /// As many of the first items as go together; nil where none waits. Items whose caller has
    /// left are dropped.
    mutating func next() -> CipherBatch? {
        var batch = CipherBatch()
        while first < calls.count {
            let call = calls[first]
            let end = call.items.count
            let left = end - sent
            let taken = call.isOver ? left : batch.take(from: call, at: sent, limits)
            itemCount -= taken
            // With the comma between what goes and what stays.
            byteCount -= call.items.byteCount(of: sent..<end)
            byteCount += call.items.byteCount(of: (sent + taken)..<end)
            sent += taken
            if taken < left { break }
            first += 1
            sent = 0
        }
        // Moved up when half is gone, so that no call is moved twice.
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

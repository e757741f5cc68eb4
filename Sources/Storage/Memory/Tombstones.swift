/// The tombstones of a conversation, in the order of their deletion. It takes 16 bytes for each.
struct Tombstones: Sendable {
    private struct Entry {
        /// In milliseconds since 1970.
        let time: Int64
        let number: UInt32
    }

    private var entries: [Entry] = []
    private(set) var lastTime = Int64.min

    /// Adds the message of this number. Returns false if a later deletion was added before, as from
    /// a snapshot. `sort` follows then.
    mutating func add(_ number: UInt32, at time: Int64) -> Bool {
        let isLast = time >= lastTime
        entries.append(Entry(time: time, number: number))
        lastTime = max(lastTime, time)
        return isLast
    }

    /// Removes the message of this number, if it is there. `lastTime` stays, because a clock never
    /// goes back.
    mutating func remove(_ number: UInt32) { entries.removeAll { $0.number == number } }

    mutating func sort() { entries.sort { $0.time < $1.time } }

    /// Returns the numbers of up to `limit` messages that were deleted after a time.
    func numbers(after time: Int64, limit: Int) -> [UInt32] {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].time > time { high = middle } else { low = middle + 1 }
        }
        return entries[low...].prefix(max(0, limit)).map(\.number)
    }
}

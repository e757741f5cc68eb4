/// Finds numbers by a 64-bit hash. The table holds four bytes for each number and reads the hashes
/// from an array of its caller.
///
/// It uses open addressing with linear probing. It has 256 parts that grow one at a time, so no
/// insertion takes long in a large table.
struct HashTable: Sendable {
    private struct Part: Sendable {
        /// The number plus one, or 0 for a free slot.
        var slots: [UInt32] = []
        var count = 0
    }

    private var parts = [Part](repeating: Part(), count: 256)

    /// Returns the first number with this hash for which `matches` returns true.
    func first(
        _ hash: UInt64, in hashes: ChunkedArray<UInt64>, where matches: (UInt32) -> Bool
    ) -> UInt32? {
        let slots = parts[Int(hash >> 56)].slots
        if slots.isEmpty { return nil }
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = slots[slot] - 1
            if hashes[Int(number)] == hash, matches(number) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds a number whose hash is in `hashes` already.
    mutating func insert(_ number: UInt32, in hashes: ChunkedArray<UInt64>) {
        let hash = hashes[Int(number)]
        Self.insert(number, in: hashes, to: &parts[Int(hash >> 56)])
    }

    /// Removes a number whose hash is still in `hashes`.
    mutating func remove(_ number: UInt32, in hashes: ChunkedArray<UInt64>) {
        let hash = hashes[Int(number)]
        Self.remove(number, hash, in: hashes, from: &parts[Int(hash >> 56)])
    }

    private static func insert(
        _ number: UInt32, in hashes: ChunkedArray<UInt64>, to part: inout Part
    ) {
        if (part.count + 1) * 4 > part.slots.count * 3 { grow(&part, in: hashes) }
        place(number, hashes[Int(number)], in: &part.slots)
        part.count += 1
    }

    private static func grow(_ part: inout Part, in hashes: ChunkedArray<UInt64>) {
        var slots = [UInt32](repeating: 0, count: max(8, part.slots.count * 2))
        for entry in part.slots where entry != 0 {
            place(entry - 1, hashes[Int(entry - 1)], in: &slots)
        }
        part.slots = slots
    }

    private static func place(_ number: UInt32, _ hash: UInt64, in slots: inout [UInt32]) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = number + 1
    }

    private static func remove(
        _ number: UInt32, _ hash: UInt64, in hashes: ChunkedArray<UInt64>, from part: inout Part
    ) {
        let mask = part.slots.count - 1
        var hole = Int(truncatingIfNeeded: hash) & mask
        while part.slots[hole] != number + 1 {
            precondition(part.slots[hole] != 0, "a number that is not in the table")
            hole = (hole + 1) & mask
        }
        // Moves the entries that follow into the hole, unless the move would put an entry before
        // the start of its search.
        var next = (hole + 1) & mask
        while part.slots[next] != 0 {
            let home = Int(truncatingIfNeeded: hashes[Int(part.slots[next] - 1)]) & mask
            if (next - home) & mask >= (next - hole) & mask {
                part.slots[hole] = part.slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        part.slots[hole] = 0
        part.count -= 1
    }
}

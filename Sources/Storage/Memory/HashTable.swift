/// Finds numbers by the 64-bit hash of what they stand for. It holds four bytes a number, and
/// looks the hashes up where they are kept.
///
/// Open addressing with linear probing, in 256 parts that grow one at a time, so that no insertion
/// takes long however many there are.
struct HashTable: Sendable {
    private struct Part: Sendable {
        /// A number plus one, or 0 for a free slot.
        var slots: [UInt32] = []
        var count = 0
    }

    private var parts = [Part](repeating: Part(), count: 256)

    /// The first number with this hash for which `isMeant` holds.
    func first(
        _ hash: UInt64, in hashes: ChunkedArray<UInt64>, where isMeant: (UInt32) -> Bool
    ) -> UInt32? {
        // By its place: a part of its own would count a reference to its slots.
        let part = Int(hash >> 56)
        if parts[part].slots.isEmpty { return nil }
        let mask = parts[part].slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while parts[part].slots[slot] != 0 {
            let number = parts[part].slots[slot] - 1
            if hashes[Int(number)] == hash, isMeant(number) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds a number whose hash stands in `hashes` already.
    mutating func insert(_ number: UInt32, in hashes: ChunkedArray<UInt64>) {
        let hash = hashes[Int(number)]
        Self.insert(number, in: hashes, to: &parts[Int(hash >> 56)])
    }

    /// Takes out a number whose hash still stands in `hashes`.
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
        // What follows moves up, unless that would put it before where its search begins.
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

/// The part of every message that is in memory: 28 bytes for each message, and 4 to find it by its
/// id. The number of a removed message is used again.
struct MessageTable: ~Copyable {
    private(set) var addresses = ChunkedArray<UInt64>()
    private(set) var timestamps = ChunkedArray<Int64>()
    private var hashes = ChunkedArray<UInt64>()
    /// The conversation's number, above two bits. The lowest bit tells whether its second user is
    /// the sender, and the next one whether the message is a tombstone.
    private var places = ChunkedArray<UInt32>()
    private var identifiers = HashTable()
    private var free: [UInt32] = []
    /// Numbers whose address changed during the current fold, or nil without a fold.
    private var changedDuringFold: [UInt32]?

    init() {}

    var count: Int { addresses.count - free.count }

    func address(of number: UInt32) -> Address { Address(packed: addresses[Int(number)]) }
    func timestamp(of number: UInt32) -> Int64 { timestamps[Int(number)] }
    func hash(of number: UInt32) -> UInt64 { hashes[Int(number)] }
    func conversation(of number: UInt32) -> UInt32 { places[Int(number)] >> 2 }
    func isFromSecond(_ number: UInt32) -> Bool { places[Int(number)] & 1 == 1 }
    func isDeleted(_ number: UInt32) -> Bool { places[Int(number)] & 2 == 2 }

    /// Returns a message whose id has this hash and for which `matches` returns true.
    func number(withHash hash: UInt64, where matches: (UInt32) -> Bool) -> UInt32? {
        identifiers.first(hash, in: hashes, where: matches)
    }

    /// Returns whether a message that can still be found has an id of this hash.
    func isUsed(_ hash: UInt64) -> Bool {
        number(withHash: hash) { address(of: $0) != .none } != nil
    }

    mutating func add(
        hash: UInt64, conversation: UInt32, isFromSecond: Bool, timestamp: Int64,
        at address: Address
    ) -> UInt32 {
        let place = conversation << 2 | (isFromSecond ? 1 : 0)
        let number: UInt32
        if let unused = free.popLast() {
            number = unused
            timestamps[Int(number)] = timestamp
            hashes[Int(number)] = hash
            places[Int(number)] = place
            addresses[Int(number)] = address.packed
        } else {
            number = UInt32(addresses.count)
            timestamps.append(timestamp)
            hashes.append(hash)
            places.append(place)
            addresses.append(address.packed)
        }
        identifiers.insert(number, in: hashes)
        changedDuringFold?.append(number)
        return number
    }

    mutating func move(_ number: UInt32, to address: Address) {
        addresses[Int(number)] = address.packed
        changedDuringFold?.append(number)
    }

    /// Marks a message as a tombstone.
    mutating func markDeleted(_ number: UInt32) { places[Int(number)] |= 2 }

    mutating func remove(_ number: UInt32) {
        identifiers.remove(number, in: hashes)
        addresses[Int(number)] = Address.none.packed
        changedDuringFold?.append(number)
        free.append(number)
    }

    /// Returns the addresses that a fold copies, and records later changes to them.
    mutating func beginFold() -> ChunkedArray<UInt64> {
        changedDuringFold = []
        return addresses
    }

    /// Takes the addresses that a fold has built, except those that changed since it began. The
    /// cost grows with the number of changes, not of messages.
    mutating func endFold(_ folded: consuming ChunkedArray<UInt64>) {
        for number in folded.count..<addresses.count { folded.append(addresses[number]) }
        for number in changedDuringFold ?? [] { folded[Int(number)] = addresses[Int(number)] }
        addresses = folded
        changedDuringFold = nil
    }

    mutating func abandonFold() {
        changedDuringFold = nil
    }
}

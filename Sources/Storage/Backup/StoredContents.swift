internal import EventLoop

/// The sealed contents of a store that no process has open, in batches. Tombstones are left out. It
/// blocks, and changes nothing.
package struct StoredContents: Sendable {
    private let stopped: StoppedStore
    private let folder: PhotoFolder
    /// The photos that messages name.
    package let photos: [PhotoID]
    private var addresses: ArraySlice<Address>
    package let count: Int

    fileprivate init(_ folder: Folder) throws(StorageFault) {
        stopped = try StoppedStore(folder)
        let memory = stopped.recovery.memory.take()
        self.folder = PhotoFolder(of: folder)
        photos = Array(memory.index.photos.ids)
        let all = memory.index.addresses(in: stopped.recovery.generation) { !$1 }
        addresses = all[...]
        count = all.count
    }

    /// Opens a photo. Returns nil if there is no file.
    package func photo(_ id: PhotoID) throws(StorageFault) -> PhotoFile? { try folder.open(id) }

    /// Returns the next contents, or nil after the last.
    package mutating func next(_ limit: Int) throws(StorageFault) -> RecordedMessages? {
        if addresses.isEmpty { return nil }
        let some = Array(addresses.prefix(limit))
        addresses = addresses.dropFirst(limit)
        return try RecordReading.read(
            RecordReading(some, in: stopped.recovery.generation).runs[...])
    }
}

extension StoreFolder {
    /// - Throws: as `verify` does, which checks the records themselves.
    package func contents() throws(StorageFault) -> StoredContents { try StoredContents(folder) }
}

extension Index {
    /// Returns the addresses of messages in the order in which they stand in the files.
    ///
    /// - Parameter isWanted: Gets the hash of the message's id, and whether it is a tombstone.
    func addresses(
        in generation: Generation, where isWanted: (_ hash: UInt64, _ isDeleted: Bool) -> Bool
    ) -> [Address] {
        var places: [(file: Int, address: Address)] = []
        places.reserveCapacity(messageCount)
        for number in 0..<UInt32(messages.addresses.count) {
            let address = messages.address(of: number)
            guard address != .none, isWanted(messages.hash(of: number), messages.isDeleted(number))
            else { continue }
            let file = generation.segments.firstIndex { address.isIn(segment: $0.number) } ?? -1
            places.append((file, address))
        }
        places.sort { ($0.file, $0.address.place) < ($1.file, $1.address.place) }
        return places.map(\.address)
    }
}

/// The photos that messages name. A photo belongs to one message.
struct PhotoTable {
    private var numbers: [PhotoID: UInt32] = [:]
    private var identifiers: [UInt32: PhotoID] = [:]

    var isEmpty: Bool { numbers.isEmpty }
    var ids: some Sequence<PhotoID> { numbers.keys }

    /// Returns the number of the message that names the photo, or nil.
    func message(of photo: PhotoID) -> UInt32? { numbers[photo] }

    mutating func add(_ photo: PhotoID, of message: UInt32) {
        numbers[photo] = message
        identifiers[message] = photo
    }

    /// Forgets the photos of messages that are deleted or removed.
    mutating func remove(ofMessages messages: [UInt32]) {
        if identifiers.isEmpty { return }
        for message in messages {
            guard let photo = identifiers.removeValue(forKey: message) else { continue }
            numbers[photo] = nil
        }
    }
}

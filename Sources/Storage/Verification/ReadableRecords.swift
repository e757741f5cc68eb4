internal import Encoding

/// Records with content that nobody should be able to read. This system writes none.
package struct ReadableRecords: Sendable, Equatable {
    /// The largest number of named records of each kind.
    private static let namedMax = 10

    /// The first messages whose content is not in the form that Cipher seals.
    package private(set) var messages: [String] = []
    package private(set) var messageCount = 0
    /// The first users whose password is no hash. They cannot log in.
    package private(set) var users: [String] = []
    package private(set) var userCount = 0

    mutating func add(_ user: User) {
        if SealedForm.isPasswordHash(user.passwordHash) { return }
        userCount += 1
        if users.count < Self.namedMax { users.append("\(user.id)") }
    }

    mutating func add(_ message: StoredMessage) {
        if message.isDeleted || SealedForm.isSealed(message.content) { return }
        messageCount += 1
        if messages.count < Self.namedMax { messages.append("\(message.id)") }
    }
}

extension ReadableRecords: SnapshotVisitor {
    mutating func user(_ record: Span<UInt8>, at offset: Int64) {
        if let found = SnapshotLine.user(record) { add(found.user) }
    }

    mutating func message(_ record: Span<UInt8>, at offset: Int64) {
        if let message = SnapshotLine.message(record) { add(message) }
    }
}

package import Storage

extension Messages {
    /// Deletes a message that the caller has sent. Its content is gone, and a tombstone stays.
    ///
    /// It works at any age, and after the friendship has ended. Deleting again is a success.
    ///
    /// - Parameter other: The other user of the conversation.
    /// - Throws: `ChatFault.userNotFound`; `ChatFault.messageNotFound` if the conversation has no
    ///   such message; `ChatFault.notYours`.
    package nonisolated func delete(
        _ id: MessageID, with other: UserID, for caller: UserID
    ) async throws {
        let conversation = Conversation(caller, other)
        let needs: [Fact] = [
            .userID(other), .message(id), .lastTimestamp(conversation), .newestTimestamp,
        ]
        let now = clock()
        let photo = try await store.commit(reading: needs) { facts -> (Change?, PhotoID?) in
            guard facts.hasUser(other) else { throw ChatFault.userNotFound }
            guard let message = facts.message(id), message.conversation == conversation else {
                throw ChatFault.messageNotFound
            }
            guard message.senderId == caller else { throw ChatFault.notYours }
            if message.isDeleted { return (nil, nil) }
            let time = try MessageTime.next(
                after: facts.lastTimestamp(in: conversation), newest: facts.newestTimestamp,
                at: now)
            return (.messageDeleted(message.tombstone(at: time)), message.photo?.id)
        }
        if let photo { await photos?.remove([photo]) }
    }
}

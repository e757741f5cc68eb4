extension Index {
    func pollFacts(of id: UserID, in conversation: Conversation?) -> PollFacts {
        let number = users.number(of: id)
        let revision =
            if let conversation { revision(of: conversation) } else { revision(ofUser: number) }
        return PollFacts(
            epoch: number.map { users[$0].epoch }, newestTimestamp: newestTimestamp,
            revision: revision)
    }

    private func revision(of conversation: Conversation) -> UInt64 {
        guard let number = users.number(of: conversation) else { return incarnation.revision(0) }
        return incarnation.revision(conversations.revisions(of: number).messages)
    }

    private func revision(ofUser number: UInt32?) -> UInt64 {
        guard let number, number < userRevisions.count else { return incarnation.revision(0) }
        return incarnation.revision(userRevisions[Int(number)])
    }

    /// Whether all that a snapshot states of revisions fits together.
    var hasSoundRevisions: Bool {
        for number in 0..<userRevisions.count where userRevisions[number] > lastRevision {
            return false
        }
        return conversations.indices.allSatisfy { conversation in
            let entry = conversations.entries[Int(conversation)]
            return max(entry.revisions.order, entry.revisions.messages) <= lastRevision
                && users[entry.first].isPresent && users[entry.second].isPresent
        }
    }
}

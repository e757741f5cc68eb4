extension Index {
    func pollFacts(of id: UserID, in conversation: Conversation?) -> PollFacts {
        let number = users.number(of: id)
        let epoch = number.map { users[$0].epoch }
        guard let conversation else {
            return PollFacts(
                epoch: epoch, newestTimestamp: newestTimestamp, revision: revision(ofUser: number))
        }
        let revisions = users.number(of: conversation).map { conversations.revisions(of: $0) }
        return PollFacts(
            epoch: epoch, newestTimestamp: newestTimestamp,
            revision: incarnation.revision(revisions?.messages ?? 0),
            hasEnded: number.map { users.wereFriends($0, conversation) } ?? false)
    }

    private func revision(ofUser number: UInt32?) -> UInt64 {
        incarnation.revision(number.map { lastChange(of: $0) } ?? 0)
    }

    /// Whether all revisions that a snapshot states are consistent.
    var hasSoundRevisions: Bool {
        for number in 0..<userRevisions.count where userRevisions[number] > lastRevision {
            return false
        }
        return conversations.indices.allSatisfy { conversation in
            let entry = conversations.entries[Int(conversation)]
            let pair = rows.pair(conversation)
            return pair.befriended <= lastRevision
                && pair.changedForFirst <= lastChange(of: entry.first)
                && pair.changedForSecond <= lastChange(of: entry.second)
                && max(entry.revisions.order, entry.revisions.messages) <= lastRevision
                && users[entry.first].isPresent && users[entry.second].isPresent
        }
    }
}

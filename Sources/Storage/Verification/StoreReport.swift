/// What a store was found to hold.
package struct StoreReport: Sendable, Equatable {
    /// What a crash left of a group that nobody was told is stored; the next start cuts it off.
    package struct TornTail: Sendable, Equatable {
        package let file: String
        package let offset: Int64
        package let bytes: Int64
    }

    package let users: Int
    package let messages: Int
    package let snapshotBytes: Int64
    /// How many segments the journal has.
    package let segments: Int
    /// How many changes of the journal `db.json` does not hold.
    package let changes: Int
    package let tornTail: TornTail?
    /// Files that a crash left behind; the next start removes them.
    package let leftovers: [String]
    /// The first of the conversations that take no more messages, and how many there are.
    package let exhausted: [ExhaustedConversation]
    package let exhaustedCount: Int
    /// Notices for the operator: things passed over or made anew while the store was signed.
    package internal(set) var notices: [String] = []
    /// Contents that are readable and passwords that are no hashes. They are no damage.
    package internal(set) var readable = ReadableRecords()

    init(_ recovery: Recovery, in folder: Folder) {
        users = recovery.userCount
        messages = recovery.messageCount
        snapshotBytes = recovery.snapshotBytes
        segments = recovery.generation.segments.count
        changes = recovery.unfoldedChanges
        (exhausted, exhaustedCount) = recovery.exhausted
        let end = recovery.lastEnd
        tornTail =
            end.tornBytes > 0
            ? TornTail(
                file: folder.segment(recovery.lastSegment), offset: end.length,
                bytes: end.tornBytes) : nil
        let isUnfinished =
            (try? folder.disk.openIfThere(folder.unfinishedSnapshot, .reading)) != nil
        leftovers =
            recovery.leftovers.map { folder.segment($0) }
            + (isUnfinished ? [folder.unfinishedSnapshot] : [])
    }
}

/// The findings about a store.
package struct StoreReport: Sendable, Equatable {
    /// The rest of a group that a crash cut short. No change in it was confirmed, and the next
    /// startup removes it.
    package struct TornTail: Sendable, Equatable {
        package let file: String
        package let offset: Int64
        package let bytes: Int64
    }

    package let users: Int
    package let messages: Int
    package let snapshotBytes: Int64
    /// The number of segments of the journal.
    package let segments: Int
    /// The number of changes in the journal that `db.json` does not hold.
    package let changes: Int
    package let tornTail: TornTail?
    /// Files that a crash left behind. The next startup removes them.
    package let leftovers: [String]
    /// The first conversations that take no more messages, and the number of all.
    package let exhausted: [ExhaustedConversation]
    package let exhaustedCount: Int
    /// Notices for the operator about parts that were ignored or regenerated when the store was
    /// signed.
    package internal(set) var notices: [String] = []
    /// Contents that are readable and passwords that are no hashes. They are no damage.
    package internal(set) var readable = ReadableRecords()

    /// The photos that messages name.
    package internal(set) var photos = PhotoReport()

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

/// The findings about the photos of a store.
package struct PhotoReport: Sendable, Equatable {
    /// The sound photos that messages name, and the length of their files in bytes.
    package internal(set) var count = 0
    package internal(set) var bytes: Int64 = 0
    /// The photos that messages name and that have no file.
    package internal(set) var missing: [PhotoID] = []
    package internal(set) var damaged: [StorageFault] = []
    /// Photos that no message names. A start removes them within a day.
    package internal(set) var unnamedCount = 0

    package var isSound: Bool { missing.isEmpty && damaged.isEmpty }
}

internal import EventLoop

/// What the operator of a running JSON store can do with it, beside what the rules of the chat need
/// (`ChatStore`). Another engine has an administration of its own.
package protocol StoreAdministration: ChatStore {
    /// The newest timestamp of any message the store has met, or 0. On the store's loop only.
    var newestTimestamp: Int64 { get }
    var userCount: Int { get async }
    var state: StoreState { get async }

    /// Folds the journal into `db.json` now; returns when every change that was visible before is
    /// in it.
    func fold() async throws(StorageFault)

    /// Copies the store into a folder that is empty or does not exist yet, while it goes on taking
    /// changes: the copy holds every change that was confirmed before, and of later ones those up
    /// to some point. Folds wait meanwhile. Cancelling the task ends it with `.closed`.
    func backup(to path: String) async throws(BackupFault) -> BackupReport

    /// The messages that are later than a time, in milliseconds since 1970.
    func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages

    /// Lowers the time that nothing may be judged to be before, and writes it to `db.json`.
    /// Messages keep their timestamps, and those that follow them stay later. Sessions are to have
    /// ended before: tokens of the later time would outlive it.
    func lowerClock(to timestamp: Int64) async throws
}

/// Messages that a clock which was ahead has dated, or an earlier system.
package struct FutureMessages: Sendable, Equatable {
    /// How many are listed; the others are like them.
    static let listedMax = 10

    package let listed: [MessageID]
    package let count: Int
}

extension JSONStore: StoreAdministration {
    package func backup(to path: String) async throws(BackupFault) -> BackupReport {
        try await compaction.backup(to: path)
    }

    package func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages {
        try await reader.messages(laterThan: latest)
    }

    package func lowerClock(to timestamp: Int64) async throws {
        // Once what waits for the disk is on it.
        try await commit(reading: []) { _ in (nil, ()) }
        memory.here.lowerNewestTimestamp(to: timestamp)
        try await compaction.fold(evenWithoutChanges: true)
    }
}

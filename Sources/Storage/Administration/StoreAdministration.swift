internal import EventLoop

/// The operations of a running JSON store's operator, beyond those that the rules of the chat need
/// (`ChatStore`). Another engine has an administration of its own.
package protocol StoreAdministration: ChatStore {
    /// The newest timestamp of any message the store has met, or 0. Read it on the store's loop.
    var newestTimestamp: Int64 { get }
    var userCount: Int { get async }
    var state: StoreState { get async }

    /// Folds the journal into `db.json` now. It returns once every change that was visible before
    /// is in the file.
    func fold() async throws(StorageFault)

    /// Copies the store into a folder that is empty or does not exist, while the store takes
    /// changes.
    ///
    /// The copy holds every change that was visible before, and later changes up to some point. A
    /// full disk may keep it from holding the latest read markers.
    /// Folds wait meanwhile. Cancelling the task ends the copy with `.closed`.
    func backup(to path: String) async throws(BackupFault) -> BackupReport

    /// Returns all users with the counts of what they have stored, in no order. The work is done in
    /// short steps.
    func activities() async throws(StorageFault) -> [UserActivity]

    /// Returns one of `activities`, with the bytes that a list may lack; nil if there is no such
    /// user.
    func activity(of id: UserID) async throws(StorageFault) -> UserActivity?

    /// Returns the messages that are later than a time, in milliseconds since 1970.
    func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages

    /// Lowers the newest timestamp and writes it to `db.json`. Sessions are never judged by an
    /// earlier time.
    ///
    /// Messages keep their timestamps, and later messages of a conversation still increase. End all
    /// sessions first, because tokens of the later time would stay valid longer.
    func lowerClock(to timestamp: Int64) async throws
}

/// Messages from the future, dated by a clock that was ahead or by an earlier system.
package struct FutureMessages: Sendable, Equatable {
    /// The largest number of listed messages.
    static let listedMax = 10

    package let listed: [MessageID]
    package let count: Int

    package init(listed: [MessageID], count: Int) {
        self.listed = listed
        self.count = count
    }
}

extension JSONStore: StoreAdministration {
    package func backup(to path: String) async throws(BackupFault) -> BackupReport {
        photoFiles.keepRemoved()
        let result: Result<BackupReport, BackupFault>
        do throws(BackupFault) { result = .success(try await compaction.backup(to: path)) } catch {
            result = .failure(error)
        }
        await photoFiles.removeKept()
        return try result.get()
    }

    package func messages(laterThan latest: Int64) async throws(StorageFault) -> FutureMessages {
        try await reader.messages(laterThan: latest)
    }

    package func lowerClock(to timestamp: Int64) async throws {
        // The empty commit waits until all queued changes are durable.
        try await commit(reading: []) { _ in (nil, ()) }
        memory.value.lowerNewestTimestamp(to: timestamp)
        try await compaction.fold(evenWithoutChanges: true)
    }
}

/// Whether the store takes changes.
package enum StoreState: Sendable, Equatable {
    case open
    /// The disk failed: reads go on, changes are refused until the process starts again.
    case readOnly(why: String)
}

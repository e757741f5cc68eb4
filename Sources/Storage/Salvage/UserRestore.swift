package import Encoding
internal import EventLoop

/// Brings the messages of one user back from a backup, in a stopped store. Only messages whose ids
/// the store does not hold come back, so nothing that was deleted since does. It blocks.
///
/// 1. Both stores are verified and read. `merged.tmp` in the folder gets all users, the missing
///    messages and then all others. An account that was removed is in it too, with its friendships.
/// 2. `merged.tmp` is put in the place of the store, as a backup is (`Restore`). So a power cut at
///    any point leaves one store or the other, and every cursor ends.
struct UserRestore {
    private static let recordsAtOnce = 500

    let folder: Folder
    let backup: Folder
    let username: ByteText

    private var merged: Folder { Folder(path: "\(folder.path)/merged.tmp", disk: folder.disk) }

    func run() throws(BackupFault) -> UserRestoreReport {
        if try isInterrupted() { return try resume() }
        try clear()
        let report = try merge()
        guard report.messages != 0 || report.isUserNew else {
            try clear()
            return report
        }
        var done = report
        done.replaced = try Restore(folder: folder, backup: merged).run().replaced
        try clear()
        return done
    }

    /// Returns whether a power cut has interrupted the second step. The whole merged store is there
    /// then, and the store of before may be in two folders.
    private func isInterrupted() throws(BackupFault) -> Bool {
        do {
            return try folder.disk.openIfThere(folder.restoring, .reading) != nil
                && folder.disk.openIfThere(merged.snapshot, .reading) != nil
        } catch { throw .store(StorageFault(reading: error)) }
    }

    private func resume() throws(BackupFault) -> UserRestoreReport {
        let restored = try Restore(folder: folder, backup: merged).run()
        try clear()
        return UserRestoreReport(
            user: username, messages: nil, isUserNew: false, replaced: restored.replaced)
    }

    /// Removes what an earlier attempt left.
    private func clear() throws(BackupFault) {
        let disk = folder.disk
        guard let names = try? disk.list(merged.path) else { return }
        do {
            try PhotoFolder(of: merged).removeAll()
            for name in names where name != PhotoFolder.name {
                try disk.unlinkIfThere("\(merged.path)/\(name)")
            }
            try disk.removeFolder(merged.path)
        } catch { throw .destination(path: merged.path, why: error.description) }
    }

    // MARK: Merging

    private func merge() throws(BackupFault) -> UserRestoreReport {
        var photos: [PhotoID] = []
        let report: UserRestoreReport
        do throws(StorageFault) { report = try merge(naming: &photos) } catch {
            throw .store(error)
        }
        guard report.messages != 0 || report.isUserNew else { return report }
        let place = PhotoFolder(of: merged)
        let new = NewFolder(folder: merged)
        _ = try PhotoCopy(from: PhotoFolder(of: backup), to: place).run(new, of: photos)
        _ = try PhotoCopy(from: PhotoFolder(of: folder), to: place).run(new)
        do throws(StorageFault) { try Creation(folder: merged).finish() } catch {
            throw .store(error)
        }
        return report
    }

    /// Writes the merged store, all but its name.
    ///
    /// - Parameter photos: Gets the photos of the messages that come back.
    private func merge(
        naming photos: inout [PhotoID]
    ) throws(StorageFault) -> UserRestoreReport {
        let (store, copy) = (try StoppedStore(folder), try StoppedStore(backup))
        let (state, old) = (store.recovery.memory.take(), copy.recovery.memory.take())
        let found = try user(in: state, old)
        let isNew = state.index.users.number(of: found.id) == nil
        if isNew { try add(found, to: state, from: old) }
        let missing = old.index.addresses(in: copy.recovery.generation) { hash, isDeleted in
            !isDeleted && state.index.place(ofHash: hash, except: []) == nil
        }
        var writer = try begin(state)
        let count = try write(
            missing, of: copy.recovery.generation, to: &writer,
            where: { message in
                guard message.senderId == found.id || message.receiverId == found.id,
                    state.hasUser(message.senderId), state.hasUser(message.receiverId)
                else { return false }
                guard let photo = message.photo?.id else { return true }
                // A photo belongs to one message.
                guard state.index.photos.message(of: photo) == nil else { return false }
                photos.append(photo)
                return true
            })
        if count > 0 || isNew {
            let kept = state.index.addresses(in: store.recovery.generation) { _, _ in true }
            _ = try write(kept, of: store.recovery.generation, to: &writer, where: { _ in true })
        }
        try finish(&writer, state)
        return UserRestoreReport(user: found.username, messages: count, isUserNew: isNew)
    }

    /// Returns the user, as the store knows it or else the backup.
    private func user(in state: MemoryState, _ old: MemoryState) throws(StorageFault) -> User {
        let held = state.durableUser(named: username)
        if let held, held.username == username, old.durableUser(held.id) != nil { return held }
        guard let user = old.durableUser(named: username), user.username == username else {
            throw .refused("the backup has no user of exactly this name, \(username)")
        }
        if let now = state.durableUser(user.id) { return now }
        if held?.username == username {
            throw .refused("\(username) is the name of another account now: rename that first")
        }
        return user
    }

    /// Adds a removed account with those of its friendships whose other side is there.
    private func add(
        _ user: User, to state: MemoryState, from old: MemoryState
    ) throws(StorageFault) {
        var bare = user
        // No token of before the removal is valid again, whatever ended it then.
        bare.epoch = Int.random(in: 1..<(1 << 53))
        bare.contacts = []
        bare.formerFriends = []
        bare.blocked = user.blocked.filter { state.hasUser($0) }
        bare.subscriptions = PushSubscriptions()
        state.index.beginChange()
        state.index.addUser(bare)
        guard let number = state.index.users.number(of: user.id) else { return }
        for row in old.contacts(of: user.id) ?? [] {
            guard let friend = state.index.users.number(of: row.id) else { continue }
            let isAdder = row.addedBy != row.id
            state.index.befriend(
                isAdder ? number : friend, isAdder ? friend : number, at: row.addedAt)
        }
        for other in user.formerFriends {
            guard let other = state.index.users.number(of: other) else { continue }
            state.index.part(number, other)
        }
    }

    // MARK: Writing

    private func begin(_ state: MemoryState) throws(StorageFault) -> CreationWriter {
        do { try folder.disk.makeFolder(merged.path) } catch { throw StorageFault(writing: error) }
        var records: [UserRecord] = []
        FoldedUsers(of: state.index).forEach { record in
            // The changes of the merged store are numbered anew.
            var record = record
            record.revision = nil
            records.append(record)
        }
        return try creation(state).begin(users: records)
    }

    private func creation(_ state: MemoryState) -> Creation {
        var creation = Creation(folder: merged)
        creation.keys = state.index.knownKeys
        creation.invites = state.index.invites
        creation.newestTimestamp = state.index.newestTimestamp
        creation.statesMarkers = true
        // Only the store's own time counts.
        creation.latest = state.index.newestTimestamp
        return creation
    }

    private func write(
        _ addresses: [Address], of generation: Generation, to writer: inout CreationWriter,
        where isWanted: (StoredMessage) -> Bool
    ) throws(StorageFault) -> Int {
        var left = addresses[...]
        var count = 0
        while !left.isEmpty {
            let some = Array(left.prefix(Self.recordsAtOnce))
            left = left.dropFirst(some.count)
            let records = try RecordReading.read(RecordReading(some, in: generation).runs[...])
            for message in records.messages where isWanted(message) {
                try writer.add(message)
                count += 1
            }
        }
        return count
    }

    private func finish(
        _ writer: inout CreationWriter, _ state: MemoryState
    ) throws(StorageFault) {
        let creation = creation(state)
        try creation.makeJournal()
        try creation.end(&writer)
    }
}

/// The result of bringing one user's messages back.
package struct UserRestoreReport: Sendable, Equatable {
    package let user: ByteText
    /// The number of messages that came back. Nil if an interrupted restore was brought to its end.
    package let messages: Int?
    /// Whether the account had been removed.
    package let isUserNew: Bool
    /// The folder that now holds the store of before, or nil if nothing was missing.
    package var replaced: String?
}

extension StoreFolder {
    /// Brings back what a backup holds of one user and the store lacks.
    ///
    /// - Throws: `.store` if either store is damaged or open, or the user is unknown;
    ///   `.destination` if the disk refuses.
    package func restore(
        user name: ByteText, from backup: String
    ) throws(BackupFault) -> UserRestoreReport {
        try UserRestore(
            folder: folder, backup: Folder(path: backup, disk: folder.disk), username: name
        ).run()
    }
}

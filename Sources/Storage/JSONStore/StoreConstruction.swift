package import Encoding
internal import EventLoop
import Synchronization

/// Builds a store a few records at a time, so that memory need not hold all of them.
package final class StoreConstruction: Sendable {
    private let creation: Creation
    private let lock: (any DiskFile)?
    private let threads = DiskThreads()
    private let writer: Mutex<CreationWriter>

    private init(_ creation: Creation, _ lock: (any DiskFile)?, _ writer: CreationWriter) {
        self.creation = creation
        self.lock = lock
        self.writer = Mutex(writer)
    }

    /// Begins a store in place of the earlier system's, or where there is none.
    ///
    /// - Parameters:
    ///   - users: All users. Every contact is one of them, and mutual.
    ///   - keys: Fingerprints of the vault's key versions.
    ///   - latest: In milliseconds since 1970. Later messages do not set the newest timestamp.
    ///   - held: The folder's lock, if the caller holds it.
    package static func begin(
        in folder: StoreFolder, users: [User], keys: [Int: ByteText], latest: Int64?,
        holding held: FolderLock?
    ) async throws(StorageFault) -> StoreConstruction {
        let folder = folder.folder
        let threads = DiskThreads()
        defer { threads.stop() }
        return try await threads.background.perform { () throws(StorageFault) in
            var lock = held?.file
            if lock == nil { lock = try StoreStartup.lock(folder) }
            var creation = Creation(folder: folder)
            creation.keys = keys
            creation.latest = latest
            let writer = try creation.removingOnFailure { () throws(StorageFault) in
                try creation.begin(users: users.lazy.map { UserRecord($0) })
            }
            return StoreConstruction(creation, lock, writer)
        }
    }

    /// Adds messages from and to these users. The timestamps of a conversation must differ.
    package func add(_ messages: [StoredMessage]) async throws(StorageFault) {
        try await threads.background.perform { [self] () throws(StorageFault) in
            try creation.removingOnFailure { () throws(StorageFault) in
                try writer.withLock { writer throws(StorageFault) in
                    for message in messages { try writer.add(message) }
                }
            }
        }
    }

    /// Checks the file as a startup would, keeps the old file as `db.json.before-takeover`, and
    /// gives the new store its name.
    package func finish() async throws(StorageFault) {
        try await threads.background.perform { [self] () throws(StorageFault) in
            try creation.removingOnFailure { () throws(StorageFault) in
                try writer.withLock { writer throws(StorageFault) in
                    try creation.end(&writer)
                }
            }
            try creation.replaceEarlierStore()
        }
        threads.stop()
    }

    /// Removes an unfinished store. A finished store stays.
    package func abandon() async {
        _ = try? await threads.background.perform { [self] () throws(StorageFault) in
            try? creation.folder.disk.unlinkIfThere(creation.folder.unfinishedSnapshot)
        }
        threads.stop()
    }
}

extension StoreFolder {
    /// Makes a store of records that are all in memory.
    package func create(
        users: [User], messages: [StoredMessage], keys: [Int: ByteText] = [:],
        holding held: FolderLock? = nil
    ) async throws(StorageFault) {
        let construction = try await StoreConstruction.begin(
            in: self, users: users, keys: keys, latest: nil, holding: held)
        do {
            try await construction.add(messages)
            try await construction.finish()
        } catch {
            await construction.abandon()
            throw error
        }
    }
}

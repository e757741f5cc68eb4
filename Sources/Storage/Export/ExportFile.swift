package import Encoding
internal import EventLoop
internal import Glibc

/// A whole store in one file, in the layout of `db.json`, and its photos behind that. It gets its
/// name once it is whole.
package struct ExportFile: Sendable {
    let path: String
    let disk: any Disk

    init(_ path: String, disk: any Disk) {
        self.path = path
        self.disk = UninterruptedDisk(disk)
    }

    package init(_ path: String) { self.init(path, disk: SystemDisk()) }

    private var unfinished: String { "\(path).part" }

    /// Begins the file anew, also after an export that was interrupted.
    func begin() throws(StorageFault) -> any DiskFile {
        do {
            guard try disk.openIfThere(path, .reading) == nil else {
                throw StorageFault.refused("\(path) is there already; name another file")
            }
            return try disk.open(unfinished, .replacing)
        } catch { throw refusal(error) }
    }

    /// Gives the file its name. Its bytes are durable.
    func finish() throws(StorageFault) {
        do throws(SystemCallError) {
            try disk.rename(unfinished, to: path)
            try disk.syncFolder(Folder(path: path, disk: disk).parent)
        } catch { throw refusal(error) }
    }

    /// Reads the file back. One that does not hold what was written goes.
    package func checked() async throws(StorageFault) -> ExportSummary {
        do { return try await ExportReader.check(path) } catch {
            try? disk.unlinkIfThere(path)
            throw error
        }
    }

    func abandon() { try? disk.unlinkIfThere(unfinished) }

    func open() throws(StorageFault) -> any DiskFile {
        do { return try disk.open(path, .reading) } catch { throw refusal(error) }
    }

    func refusal(_ error: any Error) -> StorageFault {
        if let fault = error as? StorageFault { return fault }
        return .refused("\(path): \((error as? SystemCallError)?.description ?? "unknown")")
    }
}

/// The contents of a store beside its users and messages.
package struct ExportHead: Sendable, Equatable {
    /// In milliseconds since 1970.
    package var newestTimestamp: Int64
    /// The number of the last change. All numbers in the records are up to it.
    package var revision: UInt32
    package var keys: [Int: ByteText]
    package var invites: [Invite]

    package init(
        newestTimestamp: Int64, revision: UInt32, keys: [Int: ByteText], invites: [Invite]
    ) {
        self.newestTimestamp = newestTimestamp
        self.revision = revision
        self.keys = keys
        self.invites = invites
    }
}

/// The findings about a file of `store export`, all of which was read.
package struct ExportSummary: Sendable, Equatable {
    /// Names the file by its contents.
    package let name: ByteText
    package let head: ExportHead
    package internal(set) var users = 0
    package internal(set) var messages = 0
    package internal(set) var subscriptions = 0
    /// The photos behind the records.
    package internal(set) var photos = 0
    /// The photos that messages name and that the file does not hold.
    package internal(set) var missingPhotos = 0
    /// The length of the records, which photos follow.
    var recordBytes: Int64 = 0
    /// The length of the longest list of a user.
    package internal(set) var longestList = 0
}

extension ExportHead {
    var meta: SnapshotMeta {
        SnapshotMeta(
            storeID: Recovery.newStoreID(), firstSegment: 1, newestTimestamp: newestTimestamp,
            revision: revision, keys: keys,
            invites: Dictionary(invites.map { ($0.digest, $0.expiresAt) }) { first, _ in first },
            statesMarkers: true)
    }
}

extension ExportSummary {
    /// - Throws: `.refused` if an older store wrote the file, which lacks numbers of changes.
    init(_ meta: SnapshotMeta, in path: String) throws(StorageFault) {
        guard let revision = meta.revision, meta.statesMarkers else {
            throw .refused("\(path) was not written by `ChatCore store export`")
        }
        let invites = meta.invites.map { Invite(digest: $0.key, expiresAt: $0.value) }
        var checksum = CRC32C()
        checksum.update(meta.textBeforeChecksum().span)
        let digits = String(decoding: ChecksumText.digits(of: checksum.value), as: UTF8.self)
        name = ByteText("\(meta.storeID)-\(digits)")
        head = ExportHead(
            newestTimestamp: meta.newestTimestamp, revision: revision, keys: meta.keys,
            invites: invites.sorted { $0.digest < $1.digest })
        users = meta.userCount
        messages = meta.messageCount
    }
}

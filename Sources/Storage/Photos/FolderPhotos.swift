internal import Encoding
package import EventLoop
internal import Logging
internal import RateLimit
import Synchronization

/// The photos of a store in a folder, which one process has for itself. So it knows all facts from
/// memory once it has listed the files.
package actor FolderPhotos: PhotoStore {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    private static let sweepPause = Duration.seconds(3600)
    private static let listedMax = 20

    nonisolated let files: PhotoFiles
    private let memory: LoopBound<MemoryState>
    private let log: RateLimitedLog
    private var shelf = PhotoShelf()
    private var isLoaded = false
    /// Photos that were removed before the files were listed.
    private var removedEarly: Set<PhotoID> = []
    /// Photos that messages name, and whose files are gone or damaged.
    private var missing: Set<PhotoID> = []

    init(
        _ files: PhotoFiles, _ memory: LoopBound<MemoryState>, loop: EventLoop,
        log: RateLimitedLog
    ) {
        self.files = files
        self.memory = memory
        self.loop = loop
        self.log = log
    }

    package var byteCount: Int { shelf.bytes }

    // MARK: The files that are there

    package func run(_ clock: @escaping @Sendable () -> Int64) async {
        while !isLoaded {
            do { try await load() } catch {
                log.log(
                    .error, "the photos cannot be listed", metadata: ["fault": "\(error)"])
                do { try await loop.sleep(for: .seconds(5)) } catch { return }
            }
        }
        // A clock that is set right after the start makes photos of before look old: they get a
        // pause too.
        while (try? await loop.sleep(for: Self.sweepPause)) != nil {
            await remove(shelf.unnamed(at: .current(), clock()))
        }
    }

    private func load() async throws(StorageFault) {
        let found = try await files.load()
        let memory = memory.value
        let named = Set(memory.index.photos.ids)
        var orphans: [PhotoID] = []
        for header in found.photos where !removedEarly.contains(header.id) {
            if named.contains(header.id) {
                shelf.add(header, .named)
            } else if memory.knownID(header.sender) != nil, memory.knownID(header.receiver) != nil {
                shelf.add(header, .unnamed(since: nil))
            } else {
                orphans.append(header.id)
            }
        }
        isLoaded = true
        missing = named.subtracting(shelf.entries.keys).subtracting(removedEarly)
        report(missing, found.faults)
        removedEarly = []
        await remove(orphans)
    }

    private func report(_ missing: Set<PhotoID>, _ faults: [StorageFault]) {
        for fault in faults.prefix(Self.listedMax) {
            log.log(
                .error, "a photo cannot be read", linesMax: Self.listedMax,
                metadata: [
                    "fault": "\(fault)"
                ])
        }
        for id in missing.prefix(Self.listedMax) {
            log.log(
                .error, "the photo of a message is gone", linesMax: Self.listedMax,
                metadata: [
                    "photo": "\(id)"
                ])
        }
        if !missing.isEmpty {
            log.log(
                .error, "photos of messages are gone: run ChatCore store verify",
                metadata: ["count": "\(missing.count)"])
        }
    }

    // MARK: Uploads

    package func begin(
        _ id: PhotoID, from sender: UserID, to receiver: UserID, bytes: Int,
        within limits: PhotoLimits
    ) throws(PhotoFault) -> any PhotoUpload {
        try checkReplaceable(id, by: sender, for: receiver)
        try shelf.reserve(bytes, for: sender, within: limits.allowing(for: shelf[id]?.header))
        return FolderUpload(self, reserved: (sender, bytes))
    }

    /// Throws unless the photo is new, or the sender's own and named by no message.
    private func checkReplaceable(
        _ id: PhotoID, by sender: UserID, for receiver: UserID
    ) throws(PhotoFault) {
        guard isLoaded else { throw .busy }
        if missing.contains(id) { throw .taken }
        guard let entry = shelf[id] else { return }
        guard entry.header.sender == sender, entry.header.receiver == receiver,
            case .unnamed = entry.state
        else { throw .taken }
    }

    /// Gives an upload its name. The checks are made again, because others ran meanwhile.
    fileprivate func finish(_ upload: PhotoFileUpload, isNew: Bool) async throws {
        let header = upload.header
        guard isNew else { return try await replace(upload) }
        try checkReplaceable(header.id, by: header.sender, for: header.receiver)
        try await put(upload)
        shelf.release(header.bytes, for: header.sender)
        shelf.add(header, .unnamed(since: .current()))
    }

    fileprivate func release(_ count: Int, of sender: UserID) { shelf.release(count, for: sender) }

    /// Gives a file its name while nobody else touches the photo.
    private func put(_ upload: PhotoFileUpload) async throws {
        let id = upload.header.id
        guard !shelf.busy.contains(id) else { throw PhotoFault.busy }
        shelf.begin(id)
        defer { shelf.end(id) }
        try await upload.finish()
    }

    // MARK: Replacing

    package func replace(_ photo: any PhotoReading) async throws -> any PhotoUpload {
        let upload = FolderUpload(self, reserved: nil)
        try await upload.start(photo.header)
        return upload
    }

    private func replace(_ upload: PhotoFileUpload) async throws {
        guard isCurrent(upload.header) else { throw PhotoFault.unknown }
        try await put(upload)
        // It was removed meanwhile, and its name is there again.
        if !isCurrent(upload.header) { try await files.remove([upload.header.id]) }
    }

    /// Whether the photo is the one that the file had. No file is listed while photos are turned
    /// off, and none is replaced or removed then.
    private func isCurrent(_ header: PhotoHeader) -> Bool {
        isLoaded ? shelf[header.id]?.header == header : !removedEarly.contains(header.id)
    }

    // MARK: Sending and reading

    package func reserve(
        _ id: PhotoID, from sender: UserID, to receiver: UserID
    ) throws(PhotoFault) {
        guard isLoaded, !shelf.busy.contains(id) else { throw .busy }
        guard let entry = shelf[id], entry.header.sender == sender,
            entry.header.receiver == receiver, case .unnamed = entry.state
        else { throw .unknown }
        shelf.set(.sending, of: id)
    }

    package func settle(_ id: PhotoID, isNamed: Bool) {
        shelf.set(isNamed ? .named : .unnamed(since: .current()), of: id)
    }

    package func find(_ id: PhotoID) throws(PhotoFault) -> KeptPhoto? {
        guard isLoaded else { throw .busy }
        return shelf[id].map { KeptPhoto(header: $0.header, isNamed: $0.state == .named) }
    }

    package func open(_ id: PhotoID) async throws(StorageFault) -> (any PhotoReading)? {
        try await files.open(id)
    }

    package func ids(after id: PhotoID?) async throws(StorageFault) -> [PhotoID] {
        try await files.ids().filter { other in id.map { $0.text < other.text } ?? true }
            .sorted { $0.text < $1.text }
    }

    // MARK: Removing

    package func remove(_ ids: [PhotoID]) async {
        guard !ids.isEmpty else { return }
        for id in ids {
            shelf.remove(id)
            missing.remove(id)
            if !isLoaded { removedEarly.insert(id) }
        }
        do { try await files.remove(ids) } catch {
            // The next start finds them: no message names them.
            log.log(.error, "photos are not removed", metadata: ["fault": "\(error)"])
        }
    }

    package func remove(of user: UserID) async { await remove(shelf.photos(of: user)) }
}

/// An upload into the folder.
private final class FolderUpload: PhotoUpload {
    private let photos: FolderPhotos
    /// Nil where the chunks of a photo are written anew.
    private let reserved: (sender: UserID, bytes: Int)?
    private let file = Mutex<PhotoFileUpload?>(nil)

    init(_ photos: FolderPhotos, reserved: (UserID, Int)?) {
        self.photos = photos
        self.reserved = reserved
    }

    func start(_ header: PhotoHeader) async throws(StorageFault) {
        let begun = try await photos.files.begin(header)
        file.withLock { $0 = begun }
    }

    private var begun: PhotoFileUpload {
        guard let file = file.withLock({ $0 }) else { preconditionFailure("it was started") }
        return file
    }

    func append(_ sealed: [UInt8]) async throws(StorageFault) {
        try await begun.append(sealed)
    }

    func finish() async throws {
        try await photos.finish(begun, isNew: reserved != nil)
    }

    func abandon() async {
        await file.withLock { $0 }?.abandon()
        if let reserved { await photos.release(reserved.bytes, of: reserved.sender) }
    }
}

internal import Encoding
package import EventLoop
internal import Logging
package import RateLimit
package import Storage

/// Photos: uploads, reads, and what becomes of them. Bytes are plaintext only between a request and
/// the vault, one chunk at a time.
package actor Photos {
    package nonisolated let loop: EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// The longest photo in bytes.
    package static let photoBytesMax = 2 << 20
    /// The photos of all users together, in bytes.
    package static let bytesMaxDefault = 1 << 30
    private static let sweepPause = Duration.seconds(3600)
    private static let listedMax = 20

    let store: any ChatStore
    /// Nil where photos are turned off, or the store keeps none.
    let files: PhotoFiles?
    let vault: SharedVault
    let clock: @Sendable () -> Int64
    let log: RateLimitedLog
    var shelf: PhotoShelf
    var isLoaded = false
    /// Photos that were removed before the files were listed.
    private(set) var removedEarly: Set<PhotoID> = []
    /// Photos that messages name, and whose files are gone or damaged.
    private(set) var missing: Set<PhotoID> = []

    /// - Parameters:
    ///   - bytesMax: The photos of all users together, in bytes. 0 turns photos off.
    ///   - clock: The time of day in milliseconds since 1970. It may jump.
    package init(
        store: any ChatStore, vault: SharedVault, bytesMax: Int, loop: EventLoop,
        clock: @escaping @Sendable () -> Int64, log: RateLimitedLog
    ) {
        self.store = store
        self.vault = vault
        self.loop = loop
        self.clock = clock
        self.log = log
        files = bytesMax > 0 ? store.photos : nil
        shelf = PhotoShelf(bytesMax: bytesMax)
    }

    /// The bytes that photos take, those of uploads under way included.
    package var byteCount: Int { shelf.bytes }

    /// Lists the files, then removes what no message names for a day, until it is cancelled.
    package func run() async {
        guard let files else { return }
        while !isLoaded {
            do { try await load(files) } catch {
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

    private func load(_ files: PhotoFiles) async throws {
        let found = try await files.load()
        let named = try await store.namedPhotos()
        var orphans: [PhotoID] = []
        for header in found.photos where !removedEarly.contains(header.id) {
            if named.contains(header.id) {
                shelf.add(header, .named)
            } else if try await hasPeople(header) {
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

    private func hasPeople(_ header: PhotoHeader) async throws -> Bool {
        guard try await store.knownID(header.sender) != nil else { return false }
        return try await store.knownID(header.receiver) != nil
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

    // MARK: Sending

    /// Keeps the photo for a message that is being sent, until `settle`.
    ///
    /// - Throws: `photoUnknown` unless the sender has uploaded it for the receiver, and no other
    ///   message names it.
    func reserve(
        _ id: PhotoID, from sender: UserID, to receiver: UserID
    ) throws(ChatFault) {
        guard files != nil else { throw .photoUnknown }
        guard isLoaded, !shelf.busy.contains(id) else { throw .busy }
        guard let entry = shelf[id], entry.header.sender == sender,
            entry.header.receiver == receiver, case .unnamed = entry.state
        else { throw .photoUnknown }
        shelf.set(.sending, of: id)
    }

    /// Notes whether the message that names the photo was stored.
    func settle(_ id: PhotoID, isNamed: Bool) {
        shelf.set(isNamed ? .named : .unnamed(since: .current()), of: id)
    }

    // MARK: Reading

    /// Returns the header of a photo that the reader may see.
    ///
    /// - Parameter other: The other user of the conversation.
    package func header(
        of id: PhotoID, for reader: UserID, with other: UserID
    ) throws(ChatFault) -> PhotoHeader {
        guard files != nil else { throw .photosOff }
        guard isLoaded else { throw .busy }
        guard let entry = shelf[id] else { throw .photoNotFound }
        let header = entry.header
        let isOwn = header.sender == reader && header.receiver == other
        let isReceived =
            header.receiver == reader && header.sender == other && entry.state == .named
        guard isOwn || isReceived else { throw .photoNotFound }
        return header
    }

    package func open(_ id: PhotoID) async throws -> PhotoReading {
        guard let photo = try await files?.open(id) else { throw ChatFault.photoNotFound }
        return photo
    }

    /// Returns the opened bytes of a chunk.
    package nonisolated func chunk(
        _ number: Int, of photo: PhotoReading, for reader: UserID
    ) async throws -> [UInt8] {
        let sealed = try await photo.chunk(number)
        let opened = try await vault.chunk(
            .open, sealed, context: PhotoContext.text(of: photo.header, chunk: number),
            for: reader)
        switch opened {
        case .bytes(let bytes) where bytes.count == photo.header.byteCount(ofChunk: number):
            return bytes
        case .keyRetired: throw VaultFault.keyRetired
        case .bytes, .notAuthentic:
            log.log(
                .error, "a photo is not authentic", source: "\(photo.header.id)",
                naming: ["photo": "\(photo.header.id)"])
            throw ChatFault.photoNotFound
        }
    }

    // MARK: Removing

    /// Removes photos with their files.
    package func remove(_ ids: [PhotoID]) async {
        guard let files, !ids.isEmpty else { return }
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

    /// Removes the photos from and to a user who is gone.
    package func remove(of user: UserID) async { await remove(shelf.photos(of: user)) }
}

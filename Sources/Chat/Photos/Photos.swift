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

    let store: any ChatStore
    /// Nil where photos are turned off, or the store keeps none.
    let kept: (any PhotoStore)?
    let limits: PhotoLimits
    let vault: SharedVault
    let clock: @Sendable () -> Int64
    private let log: RateLimitedLog
    var quota = UploadQuota()
    /// The bytes of a day, where several processes share the store.
    let sharedBytes: DayAllowance?

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
        kept = bytesMax > 0 ? store.photos : nil
        limits = PhotoLimits(bytesMax: bytesMax)
        sharedBytes = DayAllowance(
            "photos", perDay: UploadQuota.bytesPerDay, of: store, loop: loop)
    }

    /// The bytes that photos take, those of uploads under way included.
    package nonisolated var byteCount: Int {
        get async { await kept?.byteCount ?? 0 }
    }

    /// Removes what no message names for a day, until it is cancelled.
    package nonisolated func run() async { await kept?.run(clock) }

    // MARK: Sending

    /// Keeps the photo for a message that is being sent, until `settle`.
    ///
    /// - Throws: `photoUnknown` unless the sender has uploaded it for the receiver, and no other
    ///   message names it.
    nonisolated func reserve(
        _ id: PhotoID, from sender: UserID, to receiver: UserID
    ) async throws {
        guard let kept else { throw ChatFault.photoUnknown }
        try await ChatFault.translating {
            try await kept.reserve(id, from: sender, to: receiver)
        }
    }

    /// Notes whether the message that names the photo was stored.
    nonisolated func settle(_ id: PhotoID, isNamed: Bool) async {
        await kept?.settle(id, isNamed: isNamed)
    }

    // MARK: Reading

    /// Returns the header of a photo that the reader may see.
    ///
    /// - Parameter other: The other user of the conversation.
    package nonisolated func header(
        of id: PhotoID, for reader: UserID, with other: UserID
    ) async throws -> PhotoHeader {
        guard let kept else { throw ChatFault.photosOff }
        let found = try await ChatFault.translating { try await kept.find(id) }
        guard let found else { throw ChatFault.photoNotFound }
        let header = found.header
        let isOwn = header.sender == reader && header.receiver == other
        let isReceived =
            header.receiver == reader && header.sender == other && found.isNamed
        guard isOwn || isReceived else { throw ChatFault.photoNotFound }
        return header
    }

    package nonisolated func open(_ id: PhotoID) async throws -> any PhotoReading {
        guard let photo = try await kept?.open(id) else { throw ChatFault.photoNotFound }
        return photo
    }

    /// Returns the opened bytes of a chunk.
    package nonisolated func chunk(
        _ number: Int, of photo: any PhotoReading, for reader: UserID
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

    /// Removes photos whose messages are gone.
    package nonisolated func remove(_ ids: [PhotoID]) async { await kept?.remove(ids) }

    /// Removes the photos from and to a user who is gone.
    package nonisolated func remove(of user: UserID) async { await kept?.remove(of: user) }
}

extension ChatFault {
    private init(_ fault: PhotoFault) {
        switch fault {
        case .unknown: self = .photoUnknown
        case .taken: self = .photoTaken
        case .userFull: self = .tooManyPhotos(after: .seconds(3600))
        case .full: self = .photoSpace
        case .busy: self = .busy
        }
    }

    /// Turns a `PhotoFault` into what a client is told.
    static func translating<Value>(
        _ work: () async throws -> Value
    ) async throws -> Value {
        do { return try await work() } catch let fault as PhotoFault { throw ChatFault(fault) }
    }
}

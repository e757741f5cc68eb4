/// Keeps photos: their sealed chunks, and the facts about each. A folder does, and a database.
///
/// Several processes may share it. Only a photo that is whole and durable shows.
package protocol PhotoStore: AnyObject, Sendable {
    /// Finds the photos that are there, and removes from time to time those that no message has
    /// named for a day. It ends once the task is cancelled.
    ///
    /// - Parameter clock: The time of day in milliseconds since 1970. It may jump.
    func run(_ clock: @escaping @Sendable () -> Int64) async

    /// The bytes that all photos are charged with, those of uploads under way included.
    var byteCount: Int { get async }

    /// Returns nil if there is no such photo, or its message is gone.
    func find(_ id: PhotoID) async throws -> KeptPhoto?

    /// Reserves the space of an upload until its end. A photo of the same people that no message
    /// names is replaced then.
    ///
    /// - Throws: `PhotoFault.taken`, `.userFull`, `.full` or `.busy`; a `StorageFault`.
    func begin(
        _ id: PhotoID, from sender: UserID, to receiver: UserID, bytes: Int,
        within limits: PhotoLimits
    ) async throws -> any PhotoUpload

    /// Keeps the photo for a message that is being sent, until `settle`.
    ///
    /// The commit of the message refuses it too. It throws `StorageFault.stale` where the photo
    /// went meanwhile.
    ///
    /// - Throws: `PhotoFault.unknown` unless the sender has uploaded it for the receiver, and no
    ///   other message names it; `.busy`.
    func reserve(_ id: PhotoID, from sender: UserID, to receiver: UserID) async throws
    /// Notes whether the message that names the photo was stored.
    func settle(_ id: PhotoID, isNamed: Bool) async

    /// Opens a photo to read it. Returns nil if there is none.
    ///
    /// - Throws: `.damaged`, where no photo can be made out.
    func open(_ id: PhotoID) async throws(StorageFault) -> (any PhotoReading)?

    /// Returns some photos behind this one in the order of their ids, or none at the end.
    func ids(after id: PhotoID?) async throws(StorageFault) -> [PhotoID]
    /// Begins to write the chunks of a photo anew. It stays as it is until `finish`, which throws
    /// `PhotoFault.unknown` if it was replaced or removed meanwhile.
    func replace(_ photo: any PhotoReading) async throws -> any PhotoUpload

    /// Removes photos whose messages are gone.
    func remove(_ ids: [PhotoID]) async
    /// Removes the photos from and to a user who is gone.
    func remove(of user: UserID) async
}

/// A photo that is being written, chunk after chunk. It ends with `finish` or `abandon`.
package protocol PhotoUpload: AnyObject, Sendable {
    /// Comes before the first chunk.
    func start(_ header: PhotoHeader) async throws(StorageFault)
    /// Writes the next sealed chunk.
    func append(_ sealed: [UInt8]) async throws(StorageFault)
    /// Makes the photo durable under its id, once all chunks are written.
    ///
    /// - Throws: `PhotoFault.taken`, `.unknown` or `.busy`; a `StorageFault`. `abandon` follows.
    func finish() async throws
    /// Removes what was written, and gives the space back.
    func abandon() async
}

/// A photo that is being read.
package protocol PhotoReading: AnyObject, Sendable {
    var header: PhotoHeader { get }
    /// Returns a sealed chunk.
    func chunk(_ number: Int) async throws(StorageFault) -> [UInt8]
    /// Returns the number of chunks that each key version has sealed.
    func keyVersions() async throws(StorageFault) -> [Int: Int64]
}

extension PhotoReading {
    package func keyVersions() async throws(StorageFault) -> [Int: Int64] {
        var versions: [Int: Int64] = [:]
        for number in 0..<header.chunkCount {
            versions[PhotoHeader.keyVersion(ofSealed: try await chunk(number)), default: 0] += 1
        }
        return versions
    }
}

/// The facts about a photo.
package struct KeptPhoto: Sendable, Equatable {
    package let header: PhotoHeader
    /// Whether a message names it.
    package let isNamed: Bool

    package init(header: PhotoHeader, isNamed: Bool) {
        self.header = header
        self.isNamed = isNamed
    }
}

/// The bytes that photos may be charged with.
package struct PhotoLimits: Sendable {
    /// A user may hold this part of the whole.
    package static let userPart = 4

    /// The photos of all users together.
    package private(set) var bytesMax: Int
    package private(set) var userBytesMax: Int

    package init(bytesMax: Int) {
        self.bytesMax = bytesMax
        userBytesMax = bytesMax / Self.userPart
    }

    /// Returns the limits for an upload that takes the place of this photo.
    package func allowing(for replaced: PhotoHeader?) -> PhotoLimits {
        var limits = self
        let charge = replaced.map { PhotoHeader.charge($0.bytes) } ?? 0
        limits.bytesMax += charge
        limits.userBytesMax += charge
        return limits
    }
}

extension PhotoHeader {
    /// The least that a photo counts against the limits. It covers the metadata.
    package static let chargeMin = 16 << 10

    /// Returns what a photo of this length counts against the limits.
    package static func charge(_ bytes: Int) -> Int { max(bytes, chargeMin) }
}

/// The reason why a photo is not taken, or not found.
package enum PhotoFault: Error, Sendable, Equatable {
    /// There is no such photo of these people that no message names.
    case unknown
    /// The id already identifies another photo, or a message names it.
    case taken
    /// The user's photos take as much as one user may have.
    case userFull
    /// All photos take as much as they may.
    case full
    /// Others use the photo at this moment.
    case busy
}

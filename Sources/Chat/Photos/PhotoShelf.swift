internal import EventLoop
internal import RateLimit
internal import Storage

/// The facts about every photo: its people and length, and whether a message names it. It does no
/// I/O.
struct PhotoShelf {
    /// The least that a photo counts against the limits. It covers the file's metadata.
    static let chargeMin = 16 << 10
    /// A user may hold this part of the whole.
    static let userPart = 4
    /// The uploads of a user at once. Each holds a chunk in memory: an eighth of it all together.
    static let uploadsMax = 128
    /// The bytes that a user may upload in a day, those included that another upload replaced:
    /// they have worn the disk out too.
    static let uploadedPerDay = 256 << 20
    /// The time without a message after which a photo is removed.
    static let unnamedTimeMax = Duration.seconds(86_400)

    enum State: Equatable {
        /// No message names it yet. It was uploaded at that time of this process, or before it.
        case unnamed(since: MonotonicTime?)
        /// A message that names it is being sent.
        case sending
        case named
    }

    struct Entry {
        let header: PhotoHeader
        var state: State
    }

    private(set) var entries: [PhotoID: Entry] = [:]
    /// Photos whose files are being written or replaced.
    private(set) var busy: Set<PhotoID> = []
    private(set) var bytes = 0
    private var bytesByUser: [UserID: Int] = [:]
    private var uploadsByUser: [UserID: Int] = [:]
    private var uploaded = TokenBuckets<UserID>(
        capacity: Double(uploadedPerDay), perSecond: Double(uploadedPerDay) / 86_400,
        keysMax: Quotas.usersMax)
    let bytesMax: Int

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    subscript(id: PhotoID) -> Entry? { entries[id] }

    /// Reserves the length of an upload, until `release`.
    mutating func reserve(_ count: Int, for user: UserID) throws(ChatFault) {
        let charge = Self.charge(count)
        guard bytesByUser[user, default: 0] + charge <= bytesMax / Self.userPart else {
            throw .tooManyPhotos(after: .seconds(3600))
        }
        guard bytes + charge <= bytesMax else { throw .photoSpace }
        let uploads = uploadsByUser[user, default: 0]
        guard uploads < Self.uploadsMax else { throw .busy }
        if let wait = uploaded.take(Double(charge), for: user, at: .current()) {
            throw .tooMuchData(after: wait)
        }
        uploadsByUser[user] = uploads + 1
        add(charge, to: user)
    }

    mutating func release(_ count: Int, for user: UserID) {
        let uploads = uploadsByUser[user, default: 0] - 1
        uploadsByUser[user] = uploads > 0 ? uploads : nil
        add(-Self.charge(count), to: user)
    }

    mutating func add(_ header: PhotoHeader, _ state: State) {
        remove(header.id)
        entries[header.id] = Entry(header: header, state: state)
        add(Self.charge(header.bytes), to: header.sender)
    }

    mutating func remove(_ id: PhotoID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        add(-Self.charge(entry.header.bytes), to: entry.header.sender)
    }

    mutating func set(_ state: State, of id: PhotoID) { entries[id]?.state = state }

    mutating func begin(_ id: PhotoID) { busy.insert(id) }
    mutating func end(_ id: PhotoID) { busy.remove(id) }

    /// Returns the photos that no message has named for too long.
    ///
    /// - Parameter time: In milliseconds since 1970. It judges photos of an earlier process.
    func unnamed(at now: MonotonicTime, _ time: Int64) -> [PhotoID] {
        entries.filter { id, entry in
            guard case .unnamed(let since) = entry.state, !busy.contains(id) else { return false }
            if let since { return now - since > Self.unnamedTimeMax }
            let age = time.subtractingReportingOverflow(entry.header.uploadedAt)
            return !age.overflow && .milliseconds(age.partialValue) > Self.unnamedTimeMax
        }.map(\.key)
    }

    func photos(of user: UserID) -> [PhotoID] {
        entries.filter { $0.value.header.sender == user || $0.value.header.receiver == user }
            .map(\.key)
    }

    private static func charge(_ count: Int) -> Int { max(count, chargeMin) }

    private mutating func add(_ count: Int, to user: UserID) {
        bytes += count
        let sum = bytesByUser[user, default: 0] + count
        bytesByUser[user] = sum > 0 ? sum : nil
    }
}

internal import EventLoop

/// The facts about every photo of a folder: its people and length, and whether a message names it.
/// It does no I/O.
struct PhotoShelf {
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

    subscript(id: PhotoID) -> Entry? { entries[id] }

    /// Reserves the length of an upload, until `release`.
    mutating func reserve(
        _ count: Int, for user: UserID, within limits: PhotoLimits
    ) throws(PhotoFault) {
        let charge = PhotoHeader.charge(count)
        guard bytesByUser[user, default: 0] + charge <= limits.userBytesMax else {
            throw .userFull
        }
        guard bytes + charge <= limits.bytesMax else { throw .full }
        add(charge, to: user)
    }

    mutating func release(_ count: Int, for user: UserID) {
        add(-PhotoHeader.charge(count), to: user)
    }

    mutating func add(_ header: PhotoHeader, _ state: State) {
        remove(header.id)
        entries[header.id] = Entry(header: header, state: state)
        add(PhotoHeader.charge(header.bytes), to: header.sender)
    }

    mutating func remove(_ id: PhotoID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        add(-PhotoHeader.charge(entry.header.bytes), to: entry.header.sender)
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

    private mutating func add(_ count: Int, to user: UserID) {
        bytes += count
        let sum = bytesByUser[user, default: 0] + count
        bytesByUser[user] = sum > 0 ? sum : nil
    }
}

internal import EventLoop
internal import RateLimit
internal import Storage

/// Limits the uploads of one user at once, and those of a day. It does no I/O.
struct UploadQuota {
    /// The uploads of a user at once. Each holds a chunk in memory: an eighth of it all together.
    static let uploadsMax = 128
    /// The bytes that a user may upload in a day, those included that another upload replaced:
    /// they have worn the disk out too.
    static let bytesPerDay = 256 << 20

    private var uploadsByUser: [UserID: Int] = [:]
    private var bytes = TokenBuckets<UserID>(
        capacity: Double(bytesPerDay), perSecond: Double(bytesPerDay) / 86_400,
        keysMax: Quotas.usersMax)

    /// Counts an upload, until `end`.
    mutating func begin(for user: UserID) throws(ChatFault) {
        let uploads = uploadsByUser[user, default: 0]
        guard uploads < Self.uploadsMax else { throw .busy }
        uploadsByUser[user] = uploads + 1
    }

    mutating func end(for user: UserID) {
        let uploads = uploadsByUser[user, default: 0] - 1
        uploadsByUser[user] = uploads > 0 ? uploads : nil
    }

    /// Takes the bytes of an upload off those of a day.
    mutating func take(_ count: Int, for user: UserID) throws(ChatFault) {
        let charge = Double(PhotoHeader.charge(count))
        if let wait = bytes.take(charge, for: user, at: .current()) {
            throw .tooMuchData(after: wait)
        }
    }
}

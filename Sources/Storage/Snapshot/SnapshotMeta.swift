internal import Encoding

/// The last line of `db.json`:
///
///     "meta": {"format":2,"store":"…","segment":3,"users":2,"chats":2,"newest":…,
///     "revision":12,"keys":{"1":"…"},"checksum":"0a1b2c3d"}}
///
/// Before the checksum, `"invites":{"<digest>":<expiry>,…},` follows unless it is empty, and
/// `"markers":true,` unless all messages count as read. Format 1 has no `revision`, and no
/// revisions in the records of its users.
struct SnapshotMeta: Sendable, Equatable {
    /// The longest store id in bytes. The store's own ids have 16, and every segment's first line
    /// repeats the id.
    static let storeIDBytesMax = 64
    /// The valid numbers of segments.
    static let segments: ClosedRange<Int64> = 1...Int64(Folder.segmentNumberMax)

    /// Identifies the store, so that no journal is ever replayed onto another store's snapshot.
    var storeID: ByteText
    /// The first segment of the journal whose changes are not in the snapshot.
    var firstSegment: Int
    var userCount = 0
    var messageCount = 0
    /// The newest timestamp of any message the store has met, a removed one included.
    var newestTimestamp: Int64
    /// The number of the last change that is in the snapshot. It is nil in format 1, whose messages
    /// are numbered in the order of the file.
    var revision: UInt32?
    var keys: [Int: ByteText]
    /// The expiry of each invitation by digest, in milliseconds since 1970.
    var invites: [ByteText: Int64] = [:]
    /// Whether the records of the users state read markers. If not, all messages count as read.
    var statesMarkers = false

    /// Returns the line up to the digits of its checksum.
    func textBeforeChecksum() -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("format", revision == nil ? 1 : 2)
        writer.field("store", storeID)
        writer.field("segment", firstSegment)
        writer.field("users", userCount)
        writer.field("chats", messageCount)
        writer.field("newest", newestTimestamp)
        if let revision { writer.field("revision", Int(revision)) }
        writer.name("keys")
        writer.beginObject()
        for (version, fingerprint) in keys.sorted(by: { $0.key < $1.key }) {
            writer.name(String(version))
            writer.string(fingerprint)
        }
        writer.endObject()
        if !invites.isEmpty { write(invites, &writer) }
        if statesMarkers { writer.field("markers", true) }
        return Array("\"meta\": ".utf8) + writer.bytes + Array(",\"checksum\":\"".utf8)
    }

    private func write(_ invites: [ByteText: Int64], _ writer: inout JSONWriter) {
        writer.name("invites")
        writer.beginObject()
        for (digest, expiresAt) in invites.sorted(by: { $0.key < $1.key }) {
            writer.name(digest.string)
            writer.integer(expiresAt)
        }
        writer.endObject()
    }

    static let textAfterChecksum = Array("\"}}\n".utf8)

    /// Reads the output of `textBeforeChecksum`. Returns nil for any other text.
    init?(textBeforeChecksum text: Span<UInt8>) {
        var scanner = JSONScanner()
        guard let format = Self.integer("\"meta\": {\"format\":", &scanner, in: text),
            (1...2).contains(format), scanner.skip(",\"store\":", in: text),
            let storeID = try? scanner.string(in: text),
            storeID.utf8Count <= Self.storeIDBytesMax,
            let segment = Self.integer(",\"segment\":", &scanner, in: text),
            Self.segments.contains(segment),
            let users = Self.integer(",\"users\":", &scanner, in: text),
            let chats = Self.integer(",\"chats\":", &scanner, in: text),
            let newest = Self.integer(",\"newest\":", &scanner, in: text),
            let revision = Self.revision(format, &scanner, in: text),
            scanner.skip(",\"keys\":", in: text),
            let keys = (try? scanner.value(in: text))?.object,
            let invites = Self.invites(&scanner, in: text)
        else { return nil }
        let statesMarkers = scanner.skip(",\"markers\":true", in: text)
        guard scanner.skip(",\"checksum\":\"", in: text), scanner.offset == text.count
        else { return nil }
        self.init(
            storeID: storeID, firstSegment: Int(segment), newestTimestamp: newest,
            revision: revision, invites: invites, statesMarkers: statesMarkers)
        (userCount, messageCount) = (Int(users), Int(chats))
        for member in keys.members {
            guard let version = Int(member.name.string), let fingerprint = member.value.text
            else {
                return nil
            }
            self.keys[version] = fingerprint
        }
    }

    /// Makes the line of a snapshot without records. The writer sets the counts.
    init(
        storeID: ByteText, firstSegment: Int, newestTimestamp: Int64 = 0, revision: UInt32? = nil,
        keys: [Int: ByteText] = [:], invites: [ByteText: Int64] = [:], statesMarkers: Bool = false
    ) {
        self.storeID = storeID
        self.firstSegment = firstSegment
        self.newestTimestamp = newestTimestamp
        self.revision = revision
        self.keys = keys
        self.invites = invites
        self.statesMarkers = statesMarkers
    }

    /// Reads the revision that a format states: none in format 1. Returns nil if the text is
    /// damaged.
    private static func revision(
        _ format: Int64, _ scanner: inout JSONScanner, in text: Span<UInt8>
    ) -> UInt32?? {
        if format == 1 { return .some(nil) }
        guard scanner.skip(",\"revision\":", in: text) else { return nil }
        return (try? scanner.changeNumber(in: text)).map { .some($0) }
    }

    /// Reads the output of `write`. Returns nil for any other text.
    private static func invites(
        _ scanner: inout JSONScanner, in text: Span<UInt8>
    ) -> [ByteText: Int64]? {
        guard scanner.skip(",\"invites\":", in: text) else { return [:] }
        guard let object = (try? scanner.value(in: text))?.object else { return nil }
        var invites: [ByteText: Int64] = [:]
        for member in object.members {
            guard let expiresAt = member.value.integer else { return nil }
            invites[member.name] = expiresAt
        }
        return invites
    }

    private static func integer(
        _ name: StaticString, _ scanner: inout JSONScanner, in text: Span<UInt8>
    ) -> Int64? {
        guard scanner.skip(name, in: text) else { return nil }
        return try? scanner.integer(in: text)
    }
}

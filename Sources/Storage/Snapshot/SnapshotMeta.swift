internal import Encoding

/// The last line of `db.json`:
///
///     "meta": {"format":2,"store":"…","segment":3,"users":2,"chats":2,"newest":…,
///     "revision":12,"keys":{"1":"…"},"checksum":"0a1b2c3d"}}
///
/// Between keys and checksum `"invites":{"<digest>":<expiry>,…},` stands where there are any.
/// Format 1 has no `revision`, and no revisions in the records of its users.
struct SnapshotMeta: Sendable, Equatable {
    /// The store's name has 16; every segment's first line repeats it.
    static let storeIDBytesMax = 64
    /// Segments are numbered from 1.
    static let segments: ClosedRange<Int64> = 1...Int64(Folder.segmentNumberMax)

    /// Names the store, so that no journal is ever replayed onto another's snapshot.
    var storeID: ByteText
    /// The first segment of the journal whose changes are not in the snapshot.
    var firstSegment: Int
    var userCount = 0
    var messageCount = 0
    /// The newest timestamp of any message the store has met, a removed one included.
    var newestTimestamp: Int64
    /// The number of the last change that is in the snapshot. Nil in format 1: its messages are
    /// numbered as they stand.
    var revision: UInt32?
    var keys: [Int: ByteText]
    /// When each invitation expires, in milliseconds since 1970, by its digest.
    var invites: [ByteText: Int64] = [:]

    /// The line up to where its checksum's digits stand.
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

    /// Reads what `textBeforeChecksum` wrote; nil when it is anything else.
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
            let invites = Self.invites(&scanner, in: text),
            scanner.skip(",\"checksum\":\"", in: text), scanner.offset == text.count
        else { return nil }
        self.init(
            storeID: storeID, firstSegment: Int(segment), newestTimestamp: newest,
            revision: revision, invites: invites)
        (userCount, messageCount) = (Int(users), Int(chats))
        for member in keys.members {
            guard let version = Int(member.name.string), let fingerprint = member.value.text
            else {
                return nil
            }
            self.keys[version] = fingerprint
        }
    }

    /// Makes the line of a snapshot without records; the writer knows how many there are.
    init(
        storeID: ByteText, firstSegment: Int, newestTimestamp: Int64 = 0, revision: UInt32? = nil,
        keys: [Int: ByteText] = [:], invites: [ByteText: Int64] = [:]
    ) {
        self.storeID = storeID
        self.firstSegment = firstSegment
        self.newestTimestamp = newestTimestamp
        self.revision = revision
        self.keys = keys
        self.invites = invites
    }

    /// The revision that a format states: none in format 1. Nil where it is not as it was written.
    private static func revision(
        _ format: Int64, _ scanner: inout JSONScanner, in text: Span<UInt8>
    ) -> UInt32?? {
        if format == 1 { return .some(nil) }
        guard scanner.skip(",\"revision\":", in: text) else { return nil }
        return (try? scanner.changeNumber(in: text)).map { .some($0) }
    }

    /// Nil where they are not what `write` wrote.
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

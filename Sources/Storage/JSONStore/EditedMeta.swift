internal import Encoding

/// The last line of an edited `db.json`, found valid.
struct EditedMeta {
    private static let fields: Set<ByteText> = [
        "format", "store", "segment", "users", "chats", "newest", "revision", "keys", "invites",
        "markers", "checksum",
    ]

    private let storeID: ByteText
    private let firstSegment: Int
    private let newestTimestamp: Int64
    private let keys: [Int: ByteText]
    private let invites: [ByteText: Int64]
    /// Whether the users' records state read markers. Nil if that is lost.
    let statesMarkers: Bool?
    /// Whether the store has no journal either, so that one has to be made.
    let isNew: Bool

    init(_ object: JSONObject?) throws(StorageFault) {
        guard let object, let storeID = object["store"]?.text,
            let segment = object["segment"]?.integer
        else {
            throw .refused(
                "its \"meta\" lacks what belongs to it; copy it from a backup, or take it out")
        }
        guard storeID.utf8Count <= SnapshotMeta.storeIDBytesMax,
            SnapshotMeta.segments.contains(segment)
        else {
            throw .refused("its \"meta\" is not as it was; copy it from a backup, or take it out")
        }
        for member in object.members where !Self.fields.contains(member.name) {
            throw .refused(
                "its \"meta\" has a field \"\(member.name)\" that the store does not know: take "
                    + "it out")
        }
        self.storeID = storeID
        firstSegment = Int(segment)
        newestTimestamp = Self.newest(object["newest"]?.integer ?? 0)
        keys = try Self.keys(object["keys"]?.object)
        invites = try Self.invites(object["invites"]?.object)
        switch object["markers"] {
        case nil: statesMarkers = false
        case .bool(true)?: statesMarkers = true
        default: throw .refused("\"markers\" in its \"meta\" is not as it was")
        }
        isNew = false
    }

    /// Takes the values of the journal's first lines. Throws if the journal holds a change.
    init(fromJournalIn folder: Folder) throws(StorageFault) {
        let numbers: [Int]
        var header: SegmentReader.Header?
        do {
            numbers = try folder.segments()
            for number in numbers {
                let file = try folder.disk.open(folder.segment(number), .reading)
                guard try SegmentReader.isWithoutChanges(file) else {
                    throw StorageFault.refused(
                        "its \"meta\" is gone, and the journal holds changes that it may lack: "
                            + "`ChatCore store salvage \(folder.path) NEW` brings both together")
                }
                header = try SegmentReader.header(of: file, path: folder.segment(number))
            }
        } catch { throw StorageFault(reading: error) }
        isNew = header == nil
        storeID = header?.storeID ?? Recovery.newStoreID()
        firstSegment = header?.number ?? 1
        (newestTimestamp, keys, invites, statesMarkers) = (0, [:], [:], nil)
    }

    /// The same values as a startup reads them, with counts of 0.
    var snapshotMeta: SnapshotMeta {
        SnapshotMeta(
            storeID: storeID, firstSegment: firstSegment, newestTimestamp: newestTimestamp,
            keys: keys, invites: invites, statesMarkers: statesMarkers ?? false)
    }

    func creation(in folder: Folder) -> Creation {
        var creation = Creation(folder: folder, storeID: storeID, firstSegment: firstSegment)
        creation.keys = keys
        creation.invites = invites
        creation.newestTimestamp = newestTimestamp
        return creation
    }

    /// Returns whether the newest timestamp lies in the future. Sessions would be judged by a time
    /// that has not come.
    func isAhead(of latest: Int64?) -> Bool { newestTimestamp > latest ?? .max }

    /// Returns 0 for a time that no message may have. Such a time belongs to a message whose
    /// timestamp has been corrected, so the present messages set the newest timestamp.
    private static func newest(_ timestamp: Int64) -> Int64 {
        StoredMessage.timestamps.contains(timestamp) ? timestamp : 0
    }

    private static func keys(_ object: JSONObject?) throws(StorageFault) -> [Int: ByteText] {
        var keys: [Int: ByteText] = [:]
        for member in object?.members ?? [] {
            guard let version = Int(member.name.string), version > 0,
                member.name == "\(version)", let fingerprint = member.value.text
            else { throw .refused("\"keys\" in its \"meta\" is not as it was") }
            keys[version] = fingerprint
        }
        return keys
    }

    private static func invites(_ object: JSONObject?) throws(StorageFault) -> [ByteText: Int64] {
        var invites: [ByteText: Int64] = [:]
        for member in object?.members ?? [] {
            guard let expiresAt = member.value.integer else {
                throw .refused("\"invites\" in its \"meta\" is not as it was")
            }
            invites[member.name] = expiresAt
        }
        return invites
    }
}

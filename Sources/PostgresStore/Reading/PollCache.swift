internal import Encoding
internal import EventLoop
internal import Storage

/// The last change of a database. Every change has another number, so two snapshots of one moment
/// are the same.
struct Moment: Equatable {
    private let incarnation: UInt32
    private let number: Int64

    init(_ head: StoreHead) {
        incarnation = head.incarnation.number
        number = head.number
    }
}

/// The facts of polls as they were at one moment. A look at the store's head tells whether it still
/// is that moment, which costs the database far less than the facts.
struct PollCache {
    struct Key: Hashable {
        let user: ByteText
        let pair: Pair?
    }

    struct Entry {
        let facts: PollFacts
        /// The number of the last change of the user's contact list.
        let changed: Int64
    }

    private static let entriesMax = 8_192

    private(set) var moment: Moment?
    private var entries: [Key: Entry] = [:]

    /// Returns the entries of all keys, or nil if one is missing.
    func entries(of keys: [Key]) -> [Entry]? {
        var found: [Entry] = []
        found.reserveCapacity(keys.count)
        for key in keys {
            guard let entry = entries[key] else { return nil }
            found.append(entry)
        }
        return found
    }

    /// Keeps what was loaded at a moment. The entries of any other moment go.
    mutating func keep(_ loaded: [(Key, Entry)], at moment: Moment) {
        if moment != self.moment || entries.count + loaded.count > Self.entriesMax {
            entries.removeAll(keepingCapacity: true)
            self.moment = moment
        }
        for (key, entry) in loaded { entries[key] = entry }
    }
}

import EventLoop
import Program
import Storage

/// The state of a running ChatCore as its operator sees it. Nothing in it reads the store's
/// records.
struct StatusReport: Sendable {
    /// The store in the data folder.
    struct Store: Sendable {
        var users = 0
        var messages = 0
        /// 0 means no limit.
        var messagesMax = 0
        var snapshotBytes = 0
        var journalBytes = 0
        var photoBytes = 0
        /// Whether changes are refused because the disk took no more.
        var isFull = false
        var foldFailures = 0
        /// Whether its newest time is ahead of this machine's clock.
        var isAhead = false
        /// The path of the earlier system's store, if it is still there.
        var original: String?

        var bytes: Int { snapshotBytes + journalBytes + photoBytes }
    }

    struct Disk: Sendable {
        var all: Int
        var free: Int
        /// The bytes that the store grows by in a day; nil before an hour has passed.
        var bytesPerDay: Int?

        /// The days until the disk is full at this rate; nil if that is unknown, or it does not
        /// grow.
        var daysLeft: Int? {
            guard let bytesPerDay, bytesPerDay > 0 else { return nil }
            return free / bytesPerDay
        }
    }

    /// Cipher, by its last answer.
    struct Vault: Sendable {
        var programVersion: String?
        var keyVersion: Int
        /// In seconds.
        var keyAge: Int64
        var seals: Int64
        var sealsMax: Int64
        /// The texts that wait for Cipher.
        var waiting: Int
    }

    struct Backup: Sendable {
        /// In seconds; nil if there was none.
        var age: Int64?
        /// Whether Cipher opened all of it; nil if nobody has asked it to.
        var isGood: Bool?
    }

    var uptimeSeconds = 0
    var residentBytes = 0
    var isShedding = false
    /// The reason why it is not ready; nil if it is.
    var notReady: StatusWarning?
    var use = RecentUse.Rates()
    /// The log-ins and registrations that wait for their turn at bcrypt.
    var waitingPasswords = 0
    /// Nil where a database keeps the messages.
    var store: Store?
    /// Nil where files keep the messages, or while the database does not answer.
    var database: DatabaseSize?
    var disk: Disk?
    var vault: Vault?
    /// Nil where a database keeps the messages.
    var backup: Backup?
}

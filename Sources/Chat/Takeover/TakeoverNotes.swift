internal import Logging
import Synchronization

/// Logs the messages, contacts and users that a takeover changes or drops. A line names many ids,
/// because an earlier store may hold a hundred thousand of a kind.
final class TakeoverNotes: Sendable {
    enum Kind: Int, CaseIterable {
        case droppedContact, droppedMessage, unsealedMessage, droppedPassword, futureMessage

        fileprivate var level: Logger.Level { self == .unsealedMessage ? .notice : .warning }

        fileprivate var text: Logger.Message {
            switch self {
            case .droppedContact:
                "contacts of the earlier system are no other users and were dropped"
            case .droppedMessage:
                "messages of the earlier system are from or to nobody and were dropped"
            case .unsealedMessage:
                "messages had been stored unsealed and are sealed as they stand"
            case .droppedPassword:
                """
                passwords of the earlier system are no bcrypt hashes and were dropped; give these \
                users new ones with `ChatCore users reset-password`
                """
            case .futureMessage:
                """
                messages of the earlier system are dated in the future; they keep their time, and \
                sessions are not judged by it, as after `ChatCore store clock-reset`
                """
            }
        }

        fileprivate var noun: String {
            switch self {
            case .droppedContact: "contacts"
            case .droppedMessage, .unsealedMessage, .futureMessage: "messages"
            case .droppedPassword: "users"
            }
        }
    }

    private static let lineBytesMax = 1_000

    private let logger: Logger
    /// The ids of each kind that are not yet logged, by the kind's number.
    private let gathered = Mutex([String](repeating: "", count: Kind.allCases.count))

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Adds an id. Call `finish` after the last one.
    func add(_ kind: Kind, _ id: String) {
        let full: String? = gathered.withLock { gathered in
            let ids = gathered[kind.rawValue]
            if ids.isEmpty || ids.utf8.count + id.utf8.count < Self.lineBytesMax {
                gathered[kind.rawValue] += ids.isEmpty ? id : ",\(id)"
                return nil
            }
            gathered[kind.rawValue] = id
            return ids
        }
        if let full { write(kind, full) }
    }

    /// Logs all remaining ids.
    func finish() {
        for kind in Kind.allCases {
            let ids = gathered.withLock { gathered in
                defer { gathered[kind.rawValue] = "" }
                return gathered[kind.rawValue]
            }
            if !ids.isEmpty { write(kind, ids) }
        }
    }

    private func write(_ kind: Kind, _ ids: String) {
        logger.log(level: kind.level, kind.text, metadata: [kind.noun: "\(ids)"])
    }
}

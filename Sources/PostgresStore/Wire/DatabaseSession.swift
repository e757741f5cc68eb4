internal import EventLoop

/// The reason why the database did not do what it was asked.
enum DatabaseFault: Error, Sendable {
    /// The connection is lost or was never made. The statements may or may not have been run.
    case lost(String)
    /// The deadline is over. The connection is given up.
    case timeout
    /// The database refused a statement with this code (SQLSTATE), and has undone all others.
    case refused(code: String, String)
}

extension DatabaseFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .lost(let why): why
        case .timeout: "the database did not answer in time"
        case .refused(let code, let why): "\(why) (SQLSTATE \(code))"
        }
    }

    /// Whether the same may succeed if it is tried again at once.
    var isPassing: Bool {
        switch self {
        case .lost: true
        case .timeout: false
        // Serialization failures and deadlocks, and sessions that their server or operator ended.
        // A server may also turn out to be a copy of the primary.
        case .refused(let code, _): code.hasPrefix("40") || mustReconnect
        }
    }

    /// Whether the transaction met another one: a serialization failure or a deadlock. It was
    /// undone, and its outcome is known.
    var isConflict: Bool {
        if case .refused(let code, _) = self {
            code.hasPrefix("40") && !mustReconnect
        } else {
            false
        }
    }

    /// Whether the transaction was undone because of the locks of another one.
    var metALock: Bool {
        if case .refused("55P03", _) = self { true } else { isConflict }
    }

    /// Whether the server has ended or will end the session.
    var mustReconnect: Bool {
        switch self {
        case .lost, .timeout: true
        case .refused(let code, _):
            // 40003: the outcome of the commit is unknown.
            code.hasPrefix("08") || code.hasPrefix("57P")
                || ["25006", "25P03", "40003"].contains(code)
        }
    }

    /// Whether the disk of the database is full (53100).
    var meansFull: Bool {
        if case .refused("53100", _) = self { true } else { false }
    }

    /// Whether the database took too long for its own limits, or is too busy.
    var meansBusy: Bool {
        switch self {
        case .lost, .timeout: true
        case .refused(let code, _):
            code.hasPrefix("53") && !meansFull || ["55P03", "57014"].contains(code)
        }
    }
}

/// A connection to the database. One task uses it at a time, on the loop's thread.
protocol DatabaseSession: AnyObject {
    /// False once the connection is lost or given up.
    var isUsable: Bool { get }

    /// Sends all statements at once, and returns what each has returned. After a fault, a
    /// transaction is rolled back.
    nonisolated(nonsending) func run(
        _ statements: [Statement], until deadline: MonotonicTime
    ) async throws(DatabaseFault) -> [Rows]

    func close()
}

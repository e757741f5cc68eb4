#if Postgres
    internal import CPostgres
    internal import EventLoop

    /// A connection on its way from the thread that made it to the loop.
    struct MadeConnection: Sendable {
        /// The address of libpq's object.
        let address: UInt

        /// Ends a connection that no session has taken over.
        func close() { PQfinish(OpaquePointer(bitPattern: address)) }
    }

    /// Makes connections. libpq looks up names and reads files meanwhile, so a thread does it.
    enum LibPQConnector {
        /// The longest time for one server, in seconds.
        private static let timeout = "3"
        /// Limits that the server keeps for a session. One that stands still must not keep the
        /// lock that orders all changes.
        private static let limits =
            "-c lock_timeout=4000 -c statement_timeout=5000 "
            + "-c idle_in_transaction_session_timeout=3000 -c synchronous_commit=on"

        /// Connects as the URL says. Its settings win over those given here, but for the password.
        static func connect(
            _ url: String, password: String?
        ) -> Result<MadeConnection, DatabaseFault> {
            var options: [(String, String)] = [
                ("application_name", "ChatCore"), ("connect_timeout", timeout),
                ("target_session_attrs", "read-write"), ("keepalives_idle", "5"),
                ("keepalives_interval", "2"), ("keepalives_count", "3"),
                ("tcp_user_timeout", "5000"), ("options", limits), ("dbname", url),
            ]
            if let password { options.append(("password", password)) }
            let keywords = options.map(\.0)
            let values = options.map(\.1)
            let connection = withCStrings(keywords) { keywords in
                withCStrings(values) { values in PQconnectdbParams(keywords, values, 1) }
            }
            guard let connection else { return .failure(.lost("memory is short")) }
            guard PQstatus(connection) == CPOSTGRES_CONNECTION_OK else {
                defer { PQfinish(connection) }
                return .failure(.lost(line(PQerrorMessage(connection))))
            }
            return .success(MadeConnection(address: UInt(bitPattern: connection)))
        }

        /// Returns whether libpq can read the URL. Its own text of an error would quote the
        /// password.
        static func canRead(_ url: String) -> Bool {
            guard let options = PQconninfoParse(url, nil) else { return false }
            PQconninfoFree(options)
            return true
        }

        /// Returns libpq's text of an error in one line.
        static func line(_ text: UnsafePointer<CChar>?) -> String {
            let lines = text.map { String(cString: $0) } ?? ""
            return lines.split(separator: "\n").joined(separator: "; ")
        }

        /// Calls `body` with a null-terminated list of the strings.
        private static func withCStrings<Value>(
            _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
        ) -> Value {
            var bytes: [CChar] = []
            var starts: [Int] = []
            for string in strings {
                starts.append(bytes.count)
                bytes += string.utf8.map { CChar(bitPattern: $0) } + [0]
            }
            return bytes.withUnsafeBufferPointer { bytes in
                let list = starts.map { start in bytes.baseAddress.map { $0 + start } } + [nil]
                return list.withUnsafeBufferPointer { body($0.baseAddress) }
            }
        }
    }

    extension DatabaseFault {
        init(of result: OpaquePointer) {
            let code = PQresultErrorField(result, CPOSTGRES_FIELD_SQLSTATE)
            let message = PQresultErrorField(result, CPOSTGRES_FIELD_MESSAGE)
            self = .refused(
                code: code.map { String(cString: $0) } ?? "XX000", LibPQConnector.line(message))
        }
    }

    extension Rows {
        init(copying result: OpaquePointer) {
            let (rows, columns) = (PQntuples(result), PQnfields(result))
            var bytes: [UInt8] = []
            var ends: [Int] = []
            ends.reserveCapacity(Int(rows) * Int(columns))
            for row in 0..<rows {
                for column in 0..<columns {
                    guard PQgetisnull(result, row, column) == 0,
                        let start = PQgetvalue(result, row, column)
                    else {
                        ends.append(~bytes.count)
                        continue
                    }
                    bytes += UnsafeRawBufferPointer(
                        start: start, count: Int(PQgetlength(result, row, column)))
                    ends.append(bytes.count)
                }
            }
            self.init(
                count: Int(rows), columnCount: Int(columns), bytes: bytes, ends: ends)
        }
    }
#endif

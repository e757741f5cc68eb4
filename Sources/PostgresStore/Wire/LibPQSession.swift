#if Postgres
    internal import CPostgres
    internal import EventLoop
    internal import Glibc

    /// A connection through libpq, in its pipeline mode: many statements go out in one write.
    final class LibPQSession: DatabaseSession {
        /// The pause after which a connection over TLS is read again. OpenSSL may hold bytes that
        /// the socket has given already.
        private static let secureInputPause = Duration.milliseconds(20)

        private let connection: OpaquePointer
        private let watch: DescriptorWatch
        private let loop: EventLoop
        private var prepared: [PreparedName] = []
        private(set) var isUsable = true
        private var isFinished = false

        /// Takes over a connection that `LibPQConnector` has made.
        init(_ made: MadeConnection, loop: EventLoop) throws(DatabaseFault) {
            guard let connection = OpaquePointer(bitPattern: made.address) else {
                throw .lost("there is no connection")
            }
            self.loop = loop
            self.connection = connection
            do { watch = try DescriptorWatch(PQsocket(connection), loop: loop) } catch {
                PQfinish(connection)
                throw .lost(error.description)
            }
            guard PQsetnonblocking(connection, 1) == 0, PQenterPipelineMode(connection) == 1 else {
                isUsable = false
                return
            }
        }

        deinit {
            watch.close()
            if !isFinished { PQfinish(connection) }
        }

        /// Ends the connection, and with it a transaction that holds the lock of the head.
        func close() {
            isUsable = false
            guard !isFinished else { return }
            isFinished = true
            watch.close()
            PQfinish(connection)
        }

        func run(
            _ statements: [Statement], until deadline: MonotonicTime
        ) async throws(DatabaseFault) -> [Rows] {
            guard isUsable else { throw .lost("the connection is closed") }
            let (rows, fault) = try await exchange(statements, until: deadline)
            guard let fault else { return rows }
            if fault.mustReconnect {
                close()
            } else if PQtransactionStatus(connection) != CPOSTGRES_TRANSACTION_IDLE {
                _ = try await exchange([.rollback], until: deadline)
            }
            throw fault
        }

        /// Sends the statements and takes every answer, so that the next exchange begins anew.
        private func exchange(
            _ statements: [Statement], until deadline: MonotonicTime
        ) async throws(DatabaseFault) -> ([Rows], DatabaseFault?) {
            do throws(DatabaseFault) {
                var fresh: [PreparedName?] = []
                for statement in statements {
                    fresh.append(try send(statement, after: fresh.compactMap { $0 }))
                }
                guard PQpipelineSync(connection) == 1 else { throw lost }
                try await flush(until: deadline)
                var rows: [Rows] = []
                var fault: DatabaseFault?
                for name in fresh {
                    if let name {
                        let preparation = try await answer(until: deadline)
                        if case .failure(let found) = preparation { fault = fault ?? found }
                        if case .success = preparation, fault == nil, !name.isEmpty {
                            prepared.append(name)
                        }
                    }
                    switch try await answer(until: deadline) {
                    case .success(let found): rows.append(found)
                    case .failure(let found): fault = fault ?? found
                    }
                }
                try await takeSync(until: deadline)
                return (rows, fault)
            } catch {
                close()
                throw error
            }
        }

        private var lost: DatabaseFault {
            .lost(LibPQConnector.line(PQerrorMessage(connection)))
        }

        // MARK: Sending

        /// Returns the statement's name where it was not prepared before, nor by those of the same
        /// exchange.
        private func send(
            _ statement: Statement, after asked: [PreparedName]
        ) throws(DatabaseFault) -> PreparedName? {
            // The statement without a name is prepared each time.
            let name = PreparedName(statement.name)
            let isNew = name.isEmpty || !prepared.contains(name) && !asked.contains(name)
            if isNew {
                let isSent = PQsendPrepare(connection, name.start, statement.sql, 0, nil)
                guard isSent == 1 else { throw lost }
            }
            guard sendPrepared(name, statement.parameters) else { throw lost }
            return isNew ? name : nil
        }

        private func sendPrepared(_ name: PreparedName, _ parameters: [Parameter]) -> Bool {
            let bytes = parameters.flatMap { $0.bytes ?? [] }
            let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
            let formats = [Int32](repeating: 1, count: parameters.count)
            // An empty value must not be taken for NULL, so there is a byte at the end.
            return (bytes + [0]).withUnsafeBytes { buffer in
                var values: [UnsafePointer<CChar>?] = []
                var offset = 0
                for parameter in parameters {
                    let start = buffer.baseAddress.map { $0 + offset }
                    values.append(
                        parameter.bytes == nil ? nil : start?.assumingMemoryBound(to: CChar.self))
                    offset += parameter.bytes?.count ?? 0
                }
                return PQsendQueryPrepared(
                    connection, name.start, Int32(parameters.count), values, lengths, formats, 1)
                    == 1
            }
        }

        private func flush(until deadline: MonotonicTime) async throws(DatabaseFault) {
            while true {
                switch PQflush(connection) {
                case 0: return
                case 1:
                    try await waiting { () throws(SocketFault) in
                        try await watch.waitWritable(until: deadline)
                    }
                default: throw lost
                }
            }
        }

        // MARK: Receiving

        /// Takes the answer to one request.
        private func answer(
            until deadline: MonotonicTime
        ) async throws(DatabaseFault) -> Result<Rows, DatabaseFault> {
            var outcome = Result<Rows, DatabaseFault>.success(.none)
            // A null pointer follows each answer.
            while let result = try await nextResult(until: deadline) {
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case CPOSTGRES_COMMAND_OK, CPOSTGRES_TUPLES_OK:
                    outcome = .success(Rows(copying: result))
                case CPOSTGRES_PIPELINE_ABORTED:
                    outcome = .failure(.refused(code: "25P02", "an earlier statement failed"))
                default:
                    guard PQstatus(connection) == CPOSTGRES_CONNECTION_OK else { throw lost }
                    outcome = .failure(DatabaseFault(of: result))
                }
            }
            return outcome
        }

        private func takeSync(until deadline: MonotonicTime) async throws(DatabaseFault) {
            while let result = try await nextResult(until: deadline) {
                defer { PQclear(result) }
                if PQresultStatus(result) == CPOSTGRES_PIPELINE_SYNC { return }
                if PQstatus(connection) != CPOSTGRES_CONNECTION_OK { throw lost }
            }
            throw .lost("the answers of the database are out of order")
        }

        private func nextResult(
            until deadline: MonotonicTime
        ) async throws(DatabaseFault) -> OpaquePointer? {
            while PQisBusy(connection) == 1 {
                try await waiting { () throws(SocketFault) in
                    try await waitReadable(until: deadline)
                }
                guard PQconsumeInput(connection) == 1 else { throw lost }
            }
            return PQgetResult(connection)
        }

        private func waitReadable(until deadline: MonotonicTime) async throws(SocketFault) {
            guard PQsslInUse(connection) == 1 else {
                return try await watch.waitReadable(until: deadline)
            }
            let pause = min(deadline, .current() + Self.secureInputPause)
            do { try await watch.waitReadable(until: pause) } catch {
                if error == .timeout, pause < deadline { return }
                throw error
            }
        }

        private func waiting(
            _ wait: () async throws(SocketFault) -> Void
        ) async throws(DatabaseFault) {
            do { try await wait() } catch {
                throw error == .timeout ? .timeout : .lost(error.description)
            }
        }
    }

    /// The name of a prepared statement.
    private struct PreparedName: Equatable {
        let start: UnsafePointer<CChar>

        init(_ name: StaticString) { start = name.start }

        var isEmpty: Bool { start.pointee == 0 }

        static func == (one: PreparedName, other: PreparedName) -> Bool {
            one.start == other.start || strcmp(one.start, other.start) == 0
        }
    }

    extension StaticString {
        fileprivate var start: UnsafePointer<CChar> {
            UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
        }
    }
#endif

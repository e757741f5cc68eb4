#if Postgres
    import EventLoop
    import Synchronization

    @testable import PostgresStore

    /// The faults that sessions meet, one for each commit that changes something, in order.
    final class FaultPlan: Sendable {
        enum Fault: Sendable {
            case none
            /// The connection is lost before the commit is sent.
            case lostBefore
            /// The commit is done, and the connection is lost before its answer.
            case lostAfter
            /// The database refuses the commit with this code.
            case refused(String)
            /// The commit is done, and the database says that it does not know (40003).
            case doubtful
        }

        private let faults: Mutex<[Fault]>
        private let commits = Mutex(0)

        init(_ faults: [Fault]) { self.faults = Mutex(faults.reversed()) }

        var isOver: Bool { faults.withLock { $0.isEmpty } }

        /// The number of commits that were tried.
        var commitCount: Int { commits.withLock { $0 } }

        func next() -> Fault {
            commits.withLock { $0 += 1 }
            return faults.withLock { $0.popLast() ?? .none }
        }
    }

    /// A session that fails as a plan says.
    final class FaultySession: DatabaseSession {
        private let session: any DatabaseSession
        private let plan: FaultPlan
        private var isLost = false

        init(_ session: any DatabaseSession, _ plan: FaultPlan) {
            self.session = session
            self.plan = plan
        }

        var isUsable: Bool { !isLost && session.isUsable }
        func close() { session.close() }

        func run(
            _ statements: [Statement], until deadline: MonotonicTime
        ) async throws(DatabaseFault) -> [Rows] {
            guard statements.contains(where: { "\($0.name)" == "write_head" }) else {
                return try await session.run(statements, until: deadline)
            }
            switch plan.next() {
            case .none: return try await session.run(statements, until: deadline)
            case .lostBefore:
                isLost = true
                session.close()
                throw .lost("as planned")
            case .lostAfter:
                _ = try await session.run(statements, until: deadline)
                isLost = true
                throw .lost("as planned")
            case .doubtful:
                _ = try await session.run(statements, until: deadline)
                isLost = true
                throw .refused(code: "40003", "as planned")
            case .refused(let code):
                _ = try await session.run([.rollback], until: deadline)
                throw .refused(code: code, "as planned")
            }
        }
    }
#endif

internal import EventLoop
package import Storage

/// The outcome of `ChatCore store migrate`.
package struct MigrationReport: Sendable {
    /// The numbers of the steps that were applied.
    package let applied: [Int]
    package let newest: Int
}

extension PostgresStore {
    private static let timeMax = Duration.seconds(600)
    /// A step waits so long for a lock. Requests wait behind it meanwhile.
    private static let lockTimeMax = Duration.seconds(1)
    private static let lockPause = Duration.seconds(2)

    /// A server that is busy or being replaced gets so long at the start.
    private static let startTimeMax = Duration.seconds(10)

    /// A step may take longer than a request.
    private static let takeTime = Statement("", "SET LOCAL statement_timeout = 0")
    private static let newestStep = Statement("newest_step", "SELECT max(number) FROM migrations")

    /// Applies the steps of the schema that are missing. Nothing else has to run, and processes
    /// that run go on meanwhile.
    package func migrate() async throws -> MigrationReport { try await migrate(by: Migration.all) }

    func migrate(by steps: [Migration]) async throws -> MigrationReport {
        let session = try await firstSession()
        defer { session.close() }
        let deadline = loop.now + Self.timeMax
        let list = Statement("", Migration.list)
        _ = try await session.run([.begin, Self.takeTime, list, .commit], until: deadline)
        let done = try await session.run([Self.newestStep], until: deadline)
        let newest = done[0].first?.number(0) ?? 0
        var applied: [Int] = []
        for step in steps where step.number > newest {
            try await apply(step, on: session, until: deadline)
            applied.append(Int(step.number))
        }
        return MigrationReport(
            applied: applied, newest: Int(max(newest, steps.last?.number ?? 0)))
    }

    /// Applies a step in one transaction. It gives way to somebody who reads a table for long, as
    /// an export does, and is tried again.
    private func apply(
        _ step: Migration, on session: any DatabaseSession, until deadline: MonotonicTime
    ) async throws {
        var statements = step.statements.map { Statement("", $0) }
        if step.number == 1 { statements.append(Self.firstHead()) }
        statements.append(
            Statement(
                "", "INSERT INTO migrations (number) VALUES ($1::bigint)", [.number(step.number)]))
        let limits = [
            Self.takeTime,
            Statement("", "SET LOCAL lock_timeout = '\(Self.lockTimeMax.components.seconds)s'"),
        ]
        while true {
            do throws(DatabaseFault) {
                let all = [.begin] + limits + statements + [.commit]
                _ = try await session.run(all, until: deadline)
                return
            } catch {
                guard error.metALock, loop.now < deadline else { throw error }
            }
            try await loop.sleep(for: Self.lockPause)
        }
    }

    private static func firstHead() -> Statement {
        Statement(
            "",
            """
            INSERT INTO store (id, incarnation, begun, number, newest, messages, subscriptions) \
            VALUES (1, $1::bigint, 0, 0, 0, 0, 0)
            """, [.number(Int64(Incarnation().number))])
    }

    private static func check(step rows: Rows) throws(StorageFault) {
        let found = rows.first?.number(0) ?? 0
        guard found == Migration.newest else {
            throw .refused(
                "the database has schema \(found), and this program knows \(Migration.newest): run "
                    + "`ChatCore store migrate` of the newer one")
        }
    }

    /// As `checkSchema`, also while the database holds no store yet.
    func checkNewestStep(on session: any DatabaseSession) async throws(StorageFault) {
        let rows: [Rows]
        do throws(DatabaseFault) {
            rows = try await session.run([Self.newestStep], until: loop.now + .seconds(5))
        } catch { throw Self.fault(error) }
        try Self.check(step: rows[0])
    }

    private static func fault(_ fault: DatabaseFault) -> StorageFault {
        // 42P01: there is no such table.
        if case .refused("42P01", _) = fault {
            return .refused("the database holds no store: run `ChatCore store migrate`")
        }
        return .failed("\(fault)")
    }

    /// Connects for the first time, and tries again for a moment.
    private func firstSession() async throws(DatabaseFault) -> any DatabaseSession {
        var kept = KeptSession(connector, on: loop)
        let end = loop.now + Self.startTimeMax
        while true {
            do throws(DatabaseFault) { return try await kept.usable() } catch {
                guard case .lost = error, loop.now < end, !Task.isCancelled else { throw error }
            }
        }
    }

    /// - Throws: `.refused` unless the schema is the one that this program knows.
    package func checkSchema() async throws(StorageFault) {
        let rows: [Rows]
        do throws(DatabaseFault) {
            let session = try await firstSession()
            defer { session.close() }
            rows = try await session.run(
                [Self.newestStep, Self.readHead], until: loop.now + .seconds(5))
        } catch { throw Self.fault(error) }
        try Self.check(step: rows[0])
        guard let head = rows[1].first.map({ StoreHead($0) }) else {
            throw .refused(
                "an import into the database was not finished: run `ChatCore store import` again")
        }
        shared.value.noteNewest(head.newest)
    }
}

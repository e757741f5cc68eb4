internal import EventLoop

/// Makes connections to one database.
struct Connector: Sendable {
    /// The pause after a connection that could not be made. It doubles up to the second one.
    static let pauses = (first: Duration.milliseconds(50), last: Duration.seconds(1))

    let connect: @Sendable () async throws(DatabaseFault) -> any DatabaseSession
}

/// One connection of a task, made anew where it was lost.
struct KeptSession {
    private let connector: Connector
    private let loop: EventLoop
    private var session: (any DatabaseSession)?
    private var pause = Connector.pauses.first

    init(_ connector: Connector, on loop: EventLoop) {
        self.connector = connector
        self.loop = loop
    }

    /// Returns a usable connection. It waits a little before it throws that there is none.
    mutating func usable() async throws(DatabaseFault) -> any DatabaseSession {
        if let session, session.isUsable { return session }
        session = nil
        do throws(DatabaseFault) {
            let made = try await connector.connect()
            session = made
            pause = Connector.pauses.first
            return made
        } catch {
            do { try await loop.sleep(for: pause) } catch {}
            pause = min(pause * 2, Connector.pauses.last)
            throw error
        }
    }
}

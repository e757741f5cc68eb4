import Synchronization

/// What the server itself adds to every response, made once a second and not once a response.
final class ServerFields: Sendable {
    private let latest = Mutex<(date: HTTPDate, lines: FieldLines)?>(nil)

    func lines(at date: HTTPDate = .now) -> FieldLines {
        latest.withLock { latest in
            if let latest, latest.date == date { return latest.lines }
            let lines = FieldLines([
                ("Date", date.text), ("X-Content-Type-Options", "nosniff"),
            ])
            latest = (date, lines)
            return lines
        }
    }
}

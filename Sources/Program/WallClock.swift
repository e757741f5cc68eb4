import Glibc

/// The time of day, which on this hardware may begin in 1970 and jump.
package enum WallClock {
    static var now: timespec {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }

    /// Seconds since 1970.
    package static var seconds: Int64 { Int64(now.tv_sec) }

    /// Milliseconds since 1970.
    package static var milliseconds: Int64 {
        let time = now
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Returns `2026-01-31T12:00:00Z` (RFC 3339), or `@` and the number of seconds where the year
    /// does not have four digits.
    package static func text(seconds: Int64) -> String {
        guard let (date, clock) = parts(seconds) else { return "@\(seconds)" }
        return "\(date)T\(clock)Z"
    }

    /// Returns the text of `text(seconds:)`, with milliseconds.
    static func text(_ time: timespec) -> String {
        let seconds = Int64(time.tv_sec)
        guard let (date, clock) = parts(seconds) else { return "@\(seconds)" }
        return "\(date)T\(clock).\(digits(time.tv_nsec / 1_000_000, 3))Z"
    }

    private static func parts(_ seconds: Int64) -> (date: String, clock: String)? {
        var seconds = time_t(seconds)
        var parts = tm()
        // gmtime_r(3) counts years from 1900 in 32 bits and refuses others.
        guard gmtime_r(&seconds, &parts) != nil else { return nil }
        let fullYear = Int(parts.tm_year) + 1900
        guard (0...9999).contains(fullYear) else { return nil }
        let (year, month) = (digits(fullYear, 4), digits(parts.tm_mon + 1, 2))
        let (hour, minute) = (digits(parts.tm_hour, 2), digits(parts.tm_min, 2))
        return (
            "\(year)-\(month)-\(digits(parts.tm_mday, 2))",
            "\(hour):\(minute):\(digits(parts.tm_sec, 2))"
        )
    }

    private static func digits(_ value: some BinaryInteger, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

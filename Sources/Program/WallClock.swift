import Glibc

/// The time of day, which on this hardware may begin in 1970 and jump.
package enum WallClock {
    static var now: timespec {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return time
    }

    /// Since 1970.
    package static var seconds: Int64 { Int64(now.tv_sec) }

    /// Since 1970.
    package static var milliseconds: Int64 {
        let time = now
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-01-31T12:00:00Z` (RFC 3339).
    package static func text(seconds: Int64) -> String {
        let (date, clock) = parts(Int(seconds))
        return "\(date)T\(clock)Z"
    }

    /// With milliseconds.
    static func text(_ time: timespec) -> String {
        let (date, clock) = parts(time.tv_sec)
        return "\(date)T\(clock).\(digits(time.tv_nsec / 1_000_000, 3))Z"
    }

    private static func parts(_ seconds: Int) -> (date: String, clock: String) {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let (year, month) = (digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1, 2))
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

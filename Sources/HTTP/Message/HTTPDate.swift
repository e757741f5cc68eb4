import Glibc

/// A moment in the format of the Date field (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
struct HTTPDate: Sendable, Equatable {
    /// Whole seconds since 1970, UTC.
    let seconds: Int64

    static var now: HTTPDate {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return HTTPDate(seconds: Int64(time.tv_sec))
    }

    /// 29 bytes for every year of four digits. The names are English in every locale.
    var text: String {
        var moment = time_t(seconds)
        var parts = tm()
        gmtime_r(&moment, &parts)
        let day = "\(weekdays[Int(parts.tm_wday)]), \(two(parts.tm_mday))"
        let month = "\(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900)"
        let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
        return "\(day) \(month) \(clock) GMT"
    }

    private func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

private let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
private let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

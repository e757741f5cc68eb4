import Glibc

/// A moment as the Date field writes it (RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package struct HTTPDate: Sendable, Equatable {
    /// Whole seconds since 1970, UTC.
    package let seconds: Int64

    package init(seconds: Int64) {
        self.seconds = seconds
    }

    package static var now: HTTPDate {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return HTTPDate(seconds: Int64(time.tv_sec))
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// 29 bytes for every year of four digits.
    var bytes: [UInt8] {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let second = seconds - days * 86_400
        let (year, month, day) = civil(days)
        // 1970 began on a Thursday.
        let weekday = Int(((days + 4) % 7 + 7) % 7)

        var bytes: [UInt8] = []
        bytes.reserveCapacity(29)
        bytes.append(contentsOf: weekdays[weekday].utf8)
        bytes.append(contentsOf: ", ".utf8)
        appendTwo(day, to: &bytes)
        bytes.append(.space)
        bytes.append(contentsOf: months[Int(month) - 1].utf8)
        bytes.append(.space)
        appendTwo(year / 100 % 100, to: &bytes)
        appendTwo(year % 100, to: &bytes)
        bytes.append(.space)
        appendTwo(second / 3600, to: &bytes)
        bytes.append(.colon)
        appendTwo(second / 60 % 60, to: &bytes)
        bytes.append(.colon)
        appendTwo(second % 60, to: &bytes)
        bytes.append(contentsOf: " GMT".utf8)
        return bytes
    }

    private func appendTwo(_ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(UInt8(0x30 + number / 10))
        bytes.append(UInt8(0x30 + number % 10))
    }

    /// Days since 1970 to a date of the Gregorian calendar. Years are counted from March, which
    /// puts the leap day last, and in eras of 400 years, which are all of 146,097 days.
    private func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}

private let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
private let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
]

/// Amounts as people read them.
package enum Amount {
    /// Returns `12 B`, `3.4 KiB`, `5.6 GiB`.
    package static func bytes(_ count: Int) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB"]
        guard count >= 1024 else { return "\(count) B" }
        var value = Double(count) / 1024
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return "\(oneDigit(value)) \(units[unit])"
    }

    /// Returns `5 s`, `12 min`, `3 h`, `4 d`.
    package static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<0: "0 s"
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    /// Returns `0.1 %`, `100.0 %`.
    package static func share(of part: Int64, in whole: Int64) -> String {
        "\(oneDigit(Double(part) / Double(max(1, whole)) * 100)) %"
    }

    /// Returns a number with one digit behind the point.
    package static func oneDigit(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

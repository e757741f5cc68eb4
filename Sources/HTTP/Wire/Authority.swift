/// Checks `host [":" port]` (RFC 3986 §3.2) in Host, the absolute form and CONNECT. User
/// information is an error (RFC 9110 §4.2.4), and so is an empty host.
enum Authority {
    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>, portRequired: Bool = false)
        -> Bool
    {
        guard let hostEnd = hostEnd(bytes, range) else { return false }
        if hostEnd == range.upperBound { return !portRequired }
        guard bytes[hostEnd] == .colon else { return false }
        var port = 0
        for index in (hostEnd + 1)..<range.upperBound {
            guard bytes[index].isDigit else { return false }
            port = port * 10 + Int(bytes[index] - 0x30)
            guard port <= 65_535 else { return false }
        }
        return hostEnd + 1 < range.upperBound || !portRequired
    }

    private static func hostEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var index = range.lowerBound
        if bytes[index] == UInt8(ascii: "[") {
            index += 1
            while index < range.upperBound, isAddressLiteral(bytes[index]) { index += 1 }
            guard index < range.upperBound, bytes[index] == UInt8(ascii: "]"),
                index > range.lowerBound + 2
            else { return nil }
            return index + 1
        }
        while index < range.upperBound, bytes[index].isHostName {
            if bytes[index] == .percent {
                guard index + 2 < range.upperBound, bytes[index + 1].hexadecimalValue != nil,
                    bytes[index + 2].hexadecimalValue != nil
                else { return nil }
            }
            index += 1
        }
        return index > range.lowerBound ? index : nil
    }

    private static func isAddressLiteral(_ byte: UInt8) -> Bool {
        byte.hexadecimalValue != nil || byte == .colon || byte == .dot
    }
}

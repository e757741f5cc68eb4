/// Appending of text without a String.
extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(0x30 + number % 10))
    }

    mutating func append(hexadecimal number: Int) {
        if number >= 16 { append(hexadecimal: number / 16) }
        let digit = UInt8(number % 16)
        append(digit < 10 ? 0x30 + digit : 0x57 + digit)
    }

    /// Appends `name: value CRLF`. Control characters become spaces, so that no value can end its
    /// line.
    mutating func append(field name: StaticString, _ value: String) {
        append(name)
        append(": ")
        let start = count
        append(contentsOf: value.utf8)
        for index in start..<count where !self[index].isFieldText { self[index] = .space }
        append("\r\n")
    }
}

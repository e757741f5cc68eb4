/// `text` without the control characters that would make it more than one line, have a terminal do
/// something, or show its characters in another order (Unicode's bidirectional controls).
func oneLine(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x0A: result += "\\n"
        case 0x0D: result += "\\r"
        case 0x09: result += "\\t"
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        case _: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

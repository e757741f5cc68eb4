package import Cryptography
import Glibc

/// A line of standard input that holds a secret.
package enum HiddenLine {
    /// A longer line is refused.
    package static let bytesMax = 1024

    /// Reads one line without its end, from a pipe or from a terminal, which shows nothing of it.
    /// Returns nil if the input ends before a line began.
    ///
    /// It takes no byte behind the line, so that a later line can be read in any way.
    ///
    /// - Parameter prompt: Shown on a terminal.
    package static func read(prompt: String) throws(StartFailure) -> Secret? {
        guard isatty(STDIN_FILENO) == 1 else { return try line(isTerminal: false) }
        var shown = termios()
        guard tcgetattr(STDIN_FILENO, &shown) == 0 else { throw .last("read", "the terminal") }
        var hidden = shown
        // Without ISIG the key for an interrupt is a byte, so the terminal is always put right.
        hidden.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            StandardStreams.writeError([UInt8(ascii: "\n")])
        }
        StandardStreams.writeError(Array(escapingControls(prompt).utf8))
        return try line(isTerminal: true)
    }

    private static func line(isTerminal: Bool) throws(StartFailure) -> Secret? {
        // One allocation: growing would leave copies of the line behind.
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        var count = 0
        var hasEnded = false
        while let byte = try nextByte() {
            hasEnded = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") && isTerminal
            if hasEnded { break }
            if isTerminal, edit(&bytes, &count, with: try key(byte)) { continue }
            guard count < bytesMax else {
                wipe(&bytes)
                throw StartFailure("a line is longer than \(bytesMax) bytes")
            }
            bytes[count] = byte
            count += 1
        }
        if count > 0, !isTerminal, bytes[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        if count == 0, !hasEnded { return nil }
        for index in count..<bytesMax { bytes[index] = 0 }
        bytes.removeLast(bytesMax - count)
        return Secret(taking: &bytes)
    }

    private static func nextByte() throws(StartFailure) -> UInt8? {
        var byte: UInt8 = 0
        let count = BlockingIO.uninterrupted { Glibc.read(STDIN_FILENO, &byte, 1) }
        guard count >= 0 else { throw .last("read", "standard input") }
        return count == 0 ? nil : byte
    }

    private enum Key {
        case character, erase, clear
    }

    private static func key(_ byte: UInt8) throws(StartFailure) -> Key {
        switch byte {
        case 0x08, 0x7F: .erase
        case 0x15: .clear
        // Ctrl-C, Ctrl-D and Ctrl-\.
        case 0x03, 0x04, 0x1C: throw StartFailure("nothing was typed; nothing changed")
        case _: .character
        }
    }

    /// Returns false if the key is a character of the line.
    private static func edit(_ bytes: inout [UInt8], _ count: inout Int, with key: Key) -> Bool {
        switch key {
        case .character: return false
        case .clear: count = 0
        case .erase:
            // The bytes of one character in UTF-8.
            while count > 0 {
                count -= 1
                if bytes[count] & 0xC0 != 0x80 { break }
            }
        }
        return true
    }
}

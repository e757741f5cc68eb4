import Glibc

/// The descriptors 0, 1 and 2.
enum StandardStreams {
    /// Opens /dev/null for each descriptor that the process was started without. Otherwise the
    /// next file or socket would get its number, and log lines would go into that.
    static func openMissing() {
        for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) == -1 {
            // open(2) takes the lowest free number, which is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Writes the line, and ignores a failure: there is nowhere to report it.
    static func writeError(_ line: [UInt8]) { write(line, to: STDERR_FILENO) }

    /// Writes the line, and ignores a failure: a closed output is its owner's wish.
    static func writeOutput(_ line: String) { write(Array("\(line)\n".utf8), to: STDOUT_FILENO) }

    /// Makes one write(2) for the whole line, so that lines of two threads never mix.
    private static func write(_ line: [UInt8], to descriptor: Int32) {
        line.withUnsafeBytes { bytes in
            _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
    }
}

/// Standard output, for the lines that commands print for their operator.
package enum Output {
    /// Prints one line with its control characters escaped. Names from an earlier system may hold
    /// any, and a terminal obeys them.
    package static func line(_ text: String) { print(escaped(text)) }

    /// Prints one line on standard error, beside lines that a script may read.
    package static func note(_ text: String) {
        StandardStreams.writeError(Array("\(escaped(text))\n".utf8))
    }

    /// Returns `text` as `line` prints it, for a prompt.
    package static func escaped(_ text: String) -> String { escapingControls(text) }
}

/// Asks an operator to confirm a loss that cannot be undone.
package enum Confirmation {
    /// Asks on standard error and reads one line of standard input, from a terminal or a pipe.
    ///
    /// - Throws: A failure that says `otherwise`, unless that line is `text`.
    package static func require(
        _ text: String, toDo action: String, otherwise: String
    ) throws(StartFailure) {
        if isatty(STDIN_FILENO) == 1 {
            let prompt = "Type \(escapingControls(text)) to \(escapingControls(action)): "
            StandardStreams.writeError(Array(prompt.utf8))
        }
        let line = readLine()
        guard let line, line.utf8.elementsEqual(text.utf8) else {
            throw StartFailure(
                "\(otherwise): type \(text), and nothing else, as one line on standard input")
        }
    }
}

/// Returns `text` with its control characters escaped: those that break a line, command a terminal,
/// or reorder characters (Unicode's bidirectional controls).
func escapingControls(_ text: String) -> String {
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

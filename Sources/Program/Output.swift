/// Standard output, for the lines that commands print for their operator.
package enum Output {
    /// Prints one line. Control characters in it are escaped: names that were taken over from an
    /// earlier system may hold any, and a terminal obeys them.
    package static func line(_ text: String) { print(escaped(text)) }

    /// `text` as `line` shows it, for a prompt.
    package static func escaped(_ text: String) -> String { oneLine(text) }
}

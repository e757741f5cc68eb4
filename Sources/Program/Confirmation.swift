import Glibc

/// Has somebody who is about to lose something for good type its name.
package enum Confirmation {
    /// Asks on standard error and reads one line of standard input, be it a terminal or not.
    ///
    /// - Throws: A failure that says `otherwise`, unless that line is `text`.
    package static func require(
        _ text: String, toDo action: String, otherwise: String
    ) throws(StartFailure) {
        if isatty(STDIN_FILENO) == 1 {
            StandardStreams.writeError(Array("Type \(oneLine(text)) to \(oneLine(action)): ".utf8))
        }
        let line = readLine()
        guard let line, line.utf8.elementsEqual(text.utf8) else {
            throw StartFailure(
                "\(otherwise): type \(text), and nothing else, as one line on standard input")
        }
    }
}

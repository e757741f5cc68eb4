/// Why a program cannot start or a command cannot be carried out: one line that says what is wrong
/// and what to do about it. Ends the process with a non-zero status (`Launch`).
package struct StartFailure: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

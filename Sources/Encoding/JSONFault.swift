/// Why bytes are not the JSON text that was expected (RFC 8259), and where.
package struct JSONFault: Error, Equatable, CustomStringConvertible {
    package enum Problem: String, Sendable {
        case endTooSoon = "the text ends too soon"
        case unexpectedByte = "a byte that cannot stand here"
        case badNumber = "not a number"
        case badEscape = "an escape that does not exist"
        case loneSurrogate = "half of a surrogate pair"
        case notUTF8 = "not UTF-8"
        case controlCharacter = "a control character inside a string"
        case duplicateName = "a name that stands twice in one object"
        case tooDeep = "nested too deeply"
        case bytesAfterEnd = "something stands after the end"
    }

    /// Where the fault was noticed, in bytes from the start.
    package let offset: Int
    package let problem: Problem

    package init(offset: Int, problem: Problem) {
        self.offset = offset
        self.problem = problem
    }

    package var description: String { "\(problem.rawValue) (byte \(offset))" }
}

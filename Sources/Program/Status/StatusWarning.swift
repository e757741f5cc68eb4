package import Encoding

/// A state that only a person can mend, with the way to do it.
package struct StatusWarning: Sendable, Equatable {
    package let code: String
    package let line: String

    package init(code: String, line: String) {
        self.code = code
        self.line = line
    }
}

extension JSONWriter {
    /// Writes what the status of either program begins with: `{status, warnings: [{code, line}],
    /// version}`. The worst warning is the first.
    package mutating func beginStatus(_ status: String, _ warnings: [StatusWarning]) {
        field("status", status)
        name("warnings")
        beginArray()
        for warning in warnings {
            beginObject()
            field("code", warning.code)
            field("line", warning.line)
            endObject()
        }
        endArray()
        field("version", programVersion)
    }
}

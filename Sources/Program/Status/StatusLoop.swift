import ArgumentParser
package import Encoding
package import EventLoop
import Glibc

/// The flags of a status command.
package struct StatusOptions: ParsableArguments {
    @Flag(help: "Print the answer as one line of JSON.") package var json = false
    @Flag(help: "Print it again every two seconds, until Ctrl-C.") package var watch = false

    package init() {}
}

/// Asks a running server for its status, once or again and again.
package enum StatusLoop {
    private static let interval = Duration.seconds(2)
    /// A program that takes longer to tell its status hangs.
    private static let answerTimeMax = Duration.seconds(5)

    /// Prints the answers. The members of its `warnings` have a `line` each.
    ///
    /// - Parameter lines: Returns the answer as people read it, without its warnings.
    /// - Throws: `ExitCode` 1 if the last answer has warnings; a failure of status 2 if no server
    ///   answers.
    package static func run(
        _ options: StatusOptions, lines: @escaping @Sendable (JSONObject) -> [String],
        _ ask: @escaping @Sendable (EventLoop, Duration) async throws -> JSONObject
    ) throws {
        let (json, watch) = (options.json, options.watch)
        let hasWarnings: Bool
        do {
            let loop = try EventLoop()
            hasWarnings = try loop.run {
                while true {
                    let answer = try await ask(loop, answerTimeMax)
                    let warnings = warningLines(answer)
                    if json {
                        Output.line(text(of: answer))
                    } else {
                        for line in warnings { Output.line("! \(line)") }
                        for line in lines(answer) { Output.line(line) }
                    }
                    guard watch else { return !warnings.isEmpty }
                    if !json { Output.line("") }
                    fflush(nil)
                    try await loop.sleep(for: interval)
                }
            }
        } catch let failure as StartFailure {
            throw StartFailure(failure.description, exitStatus: 2)
        }
        if hasWarnings { throw ExitCode(1) }
    }

    private static func warningLines(_ answer: JSONObject) -> [String] {
        (answer["warnings"]?.array ?? []).compactMap { $0.object?["line"]?.text?.string }
    }

    private static func text(of answer: JSONObject) -> String {
        var writer = JSONWriter(capacity: 1024)
        write(.object(answer), to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .double(let value): writer.raw("\(value)".utf8)
        case .bool(let value): writer.bool(value)
        case .integer(let value): writer.integer(value)
        case .string(let text): writer.string(text)
        case .array(let values):
            writer.beginArray()
            for value in values { write(value, to: &writer) }
            writer.endArray()
        case .object(let object):
            writer.beginObject()
            for member in object.members {
                writer.name(member.name.string)
                write(member.value, to: &writer)
            }
            writer.endObject()
        }
    }
}

extension JSONWriter {
    /// Appends a rate with two digits behind the point.
    package mutating func rate(_ name: StaticString, _ value: Double) {
        self.name(name)
        let hundredths = Int((value * 100).rounded())
        raw("\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)".utf8)
    }
}

package import ArgumentParser
package import Encoding
package import HTTP
package import Logging

/// `POST /log-level` `{level?}`: `{level, before}`. It sets the level of the program's log until
/// the next start. Without a level it changes nothing.
package struct SetLogLevel: Endpoint {
    package static let target = "/log-level"

    private let logger: Logger
    private let threshold: LogThreshold

    package init(logger: Logger, threshold: LogThreshold = .program) {
        self.logger = logger
        self.threshold = threshold
    }

    package func answer(_ request: Request) async throws -> Response {
        let before = threshold.level
        if let asked = try Self.level(in: request.body) {
            threshold.level = asked
            // At every level, since a change from outside has to show.
            var always = logger
            always.logLevel = .info
            always.info("the log level is \(asked) now", metadata: ["before": "\(before)"])
        }
        var body = JSONWriter(capacity: 64)
        body.beginObject()
        body.field("level", threshold.level.rawValue)
        body.field("before", before.rawValue)
        body.endObject()
        return Response(
            .ok, fields: [("Content-Type", "application/json; charset=utf-8")],
            body: .bytes(body.bytes))
    }

    private static func level(in body: [UInt8]) throws(ControlRefusal) -> Logger.Level? {
        guard let object = (try? JSONValue.parse(body.span))?.object else { throw malformed }
        guard let value = object["level"] else { return nil }
        guard let name = value.text, let level = Logger.Level(rawValue: name.string) else {
            throw malformed
        }
        return level
    }

    private static let malformed = ControlRefusal("the server knows no such level")
}

/// The argument of the commands that ask for it.
package struct LogLevelArgument: ParsableArguments {
    @Argument(help: "The level until the next start; without one, the present level is shown.")
    package var level: LogLevel?

    package init() {}

    /// Returns a sentence about the answer of `POST /log-level`.
    package func line(_ answer: JSONObject) -> String {
        let (now, before) = (answer["level"]?.text ?? "", answer["before"]?.text ?? "")
        guard level != nil else { return "the log level is \(now)" }
        return "the log level was \(before) and is \(now); the next start goes back to --log-level"
    }
}

package import Logging

extension Logger {
    /// A logger that writes nothing.
    package static let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Returns a logger that writes into the handler.
    package static func test(_ handler: any LogHandler) -> Logger {
        Logger(label: "test", factory: { _ in handler })
    }
}

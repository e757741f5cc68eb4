package import ArgumentParser
import Glibc

/// The value of an option without a flag: its environment variable, else a fixed default.
///
///     static let port = EnvironmentDefault<UInt16>("CIPHER_PORT", 8082)
///     @Option(help: Defaults.port.help("Port to listen on.")) var port: UInt16?
///     let number = try Defaults.port.value(port)
///
/// A variable that is set but empty counts as unset: compose files pass `${NAME:-}` through.
package struct EnvironmentDefault<Value: ExpressibleByArgument & Sendable>: Sendable {
    package let variable: String
    private let fallback: Value?

    package init(_ variable: String, _ fallback: Value) {
        self.variable = variable
        self.fallback = fallback
    }

    /// An option that may stay unset.
    package init(_ variable: String) {
        self.variable = variable
        self.fallback = nil
    }

    /// Returns the option's name in messages: `--port (CIPHER_PORT)`.
    package func option(_ flag: String) -> String { "\(flag) (\(variable))" }

    /// Returns `text` followed by the variable's name and the default.
    package func help(_ text: String, valueName: String? = nil) -> ArgumentHelp {
        let standard = fallback.map(\.defaultValueDescription) ?? "none"
        return ArgumentHelp("\(text) [\(variable); default: \(standard)]", valueName: valueName)
    }

    /// Returns the flag's value, else the variable's, else the default. Throws if the variable's
    /// text is no such value.
    package func value(_ flag: Value?) throws(StartFailure) -> Value {
        guard let value = try optional(flag) else {
            preconditionFailure("\(variable) has no default: ask for optional()")
        }
        return value
    }

    /// Returns the value of an option that may stay unset.
    package func optional(_ flag: Value?) throws(StartFailure) -> Value? {
        if let flag { return flag }
        guard let bytes = getenv(variable), bytes.pointee != 0 else { return fallback }
        guard let text = String(validatingCString: bytes) else {
            throw StartFailure("\(variable) is not valid UTF-8\(expectation)")
        }
        guard let value = Value(argument: text) else {
            throw StartFailure("\(variable): '\(text)' is not valid\(expectation)")
        }
        return value
    }

    private var expectation: String {
        let all = Value.allValueStrings
        if !all.isEmpty { return "; use one of \(all.joined(separator: ", "))" }
        if let fallback { return "; it is something like \(fallback.defaultValueDescription)" }
        return ""
    }
}

extension EnvironmentDefault<Int> {
    /// Returns the option's value, which must be in the range. Declare the option with
    /// `parsing: .unconditional`, or a negative number counts as a missing value.
    package func number(
        _ flag: Int?, _ range: ClosedRange<Int>, _ name: String
    ) throws(StartFailure) -> Int {
        let value = try value(flag)
        guard range.contains(value) else {
            throw StartFailure(
                "\(option(name)) \(value): use a number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return value
    }
}

extension EnvironmentDefault<String> {
    /// Returns what `parse` makes of the option's text.
    ///
    /// - Parameter form: The form that the text must have, for the operator: "use …".
    package func parsed<Parsed>(
        _ text: String, _ name: String, use form: String, _ parse: (String) -> Parsed?
    ) throws(StartFailure) -> Parsed {
        guard let parsed = parse(text) else {
            throw StartFailure("\(option(name)) '\(text)': use \(form)")
        }
        return parsed
    }
}

/// Returns the variable's text, or nil if it is unset or not UTF-8.
package func environment(_ variable: String) -> String? {
    guard let text = getenv(variable) else { return nil }
    return String(validatingCString: text)
}

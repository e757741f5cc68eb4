package import ArgumentParser
import EventLoop
import Glibc

/// Runs a command-line program: parses the arguments, runs the command they name, and ends the
/// process. Whatever goes wrong is one line on standard error and a non-zero status.
package enum Launch<Root: ParsableCommand> {
    package static func main() -> Never {
        StandardStreams.fill()
        // A write to a connection that the other side closed is an error to handle, not a death.
        signal(SIGPIPE, SIG_IGN)
        CrashRemains.forbid()
        DescriptorLimit.raise()
        Heap.bound()
        if ["-h", "--help", "help"].contains(where: { CommandLine.arguments.dropFirst() == [$0] }) {
            print(help)
            exit(EXIT_SUCCESS)
        }
        do {
            var command = try Root.parseAsRoot()
            try command.run()
        } catch {
            end(with: error)
        }
        exit(EXIT_SUCCESS)
    }

    /// The root's page, and the options of the command that runs where none is named: most of what
    /// people look for.
    static var help: String {
        let page = Root.helpMessage()
        guard let standard = Root.configuration.defaultSubcommand,
            let place = page.firstRange(of: "SUBCOMMANDS:")?.lowerBound
        else { return page }
        let own = standard.helpMessage()
        guard let options = own.firstRange(of: "OPTIONS:")?.upperBound else { return page }
        return page[..<place] + "OPTIONS OF \(standard._commandName.uppercased()):"
            + own[options...] + "\n" + page[place...]
    }

    private static func end(with error: any Error) -> Never {
        if let failure = error as? StartFailure {
            complain(failure.description)
            exit(EXIT_FAILURE)
        }
        let code = Root.exitCode(for: error)
        // Help and version are answers, not errors: the parser prints them on standard output.
        if code.isSuccess { Root.exit(withError: error) }
        let message = Root.message(for: error)
        if !message.isEmpty {
            // The parser lists valid values one a line.
            let parts = message.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" } }
            complain("\(parts.joined(separator: " ")); see \(commandLine) --help")
        }
        exit(code.rawValue)
    }

    /// The command that was called, as far as its name was given: `ChatCore users list`.
    private static var commandLine: String {
        var names = [Root._commandName]
        var command: any ParsableCommand.Type = Root.self
        for argument in CommandLine.arguments.dropFirst() {
            let next = command.configuration.subcommands.first { $0._commandName == argument }
            guard let next else { break }
            names.append(argument)
            command = next
        }
        return names.joined(separator: " ")
    }

    private static func complain(_ message: String) {
        let line = "\(Root._commandName): \(oneLine(message))\n"
        StandardStreams.writeError(Array(line.utf8))
    }
}

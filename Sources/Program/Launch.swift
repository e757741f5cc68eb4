package import ArgumentParser
import EventLoop
import Glibc

/// The version that both programs report. They are built and delivered together.
package let programVersion = "1.0.0"

/// Runs a command-line program: parses the arguments, runs the command they name, and ends the
/// process. A failure is one line on standard error and a non-zero status.
package enum Launch<Root: ParsableCommand> {
    package static func main() -> Never {
        StandardStreams.openMissing()
        ProcessMetrics.noteStart()
        // Otherwise a write to a closed connection would end the process.
        signal(SIGPIPE, SIG_IGN)
        CoreDumps.disable()
        DescriptorLimit.raise()
        Heap.limitArenas()
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

    /// The root's page with the options of the default command, which people look for most.
    static var help: String {
        let page = lines(of: Root.helpMessage())
        guard let standard = Root.configuration.defaultSubcommand,
            let place = page.firstIndex(of: "SUBCOMMANDS:")
        else { return Root.helpMessage() }
        let own = lines(of: standard.helpMessage())
        guard let options = own.firstIndex(of: "OPTIONS:") else { return Root.helpMessage() }
        let heading = "OPTIONS OF \(standard._commandName.uppercased()):"
        return (page[..<place] + [Substring(heading)] + own[(options + 1)...] + page[place...])
            .joined(separator: "\n")
    }

    private static func lines(of page: String) -> [Substring] {
        page.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func end(with error: any Error) -> Never {
        if let failure = error as? StartFailure {
            printFailure(failure.description)
            exit(failure.exitStatus)
        }
        let code = Root.exitCode(for: error)
        // Help and version are no errors: the parser prints them on standard output.
        if code.isSuccess { Root.exit(withError: error) }
        let message = Root.message(for: error)
        if !message.isEmpty {
            // The parser lists valid values one a line.
            let parts = message.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" } }
            printFailure("\(parts.joined(separator: " ")); see \(commandLine) --help")
        }
        exit(code.rawValue)
    }

    /// The called command, as far as its name was given: `ChatCore users list`.
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

    private static func printFailure(_ message: String) {
        let line = "\(Root._commandName): \(escapingControls(message))\n"
        StandardStreams.writeError(Array(line.utf8))
    }
}

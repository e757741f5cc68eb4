import ArgumentParser
import Encoding
import Program

struct LogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Show or change how much the server on the data folder logs.")

    @OptionGroup var argument: LogLevelArgument
    @OptionGroup var data: DataOption

    func run() throws {
        let level = argument.level
        let answer = try UsersCommand.ask(data, SetLogLevel.target) { body in
            if let level { body.field("level", level.rawValue) }
        }
        Output.line(argument.line(answer))
    }
}

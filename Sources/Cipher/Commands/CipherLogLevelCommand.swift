import ArgumentParser
import Encoding
import EventLoop
import Program

struct CipherLogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Show or change how much the Cipher on the key ring logs.")

    @OptionGroup var argument: LogLevelArgument
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let running = RunningCipher(file: try keys.file())
        let level = argument.level
        let loop = try EventLoop()
        let answer = try loop.run {
            let answer = try await running.client(on: loop).post(SetLogLevel.target) { body in
                if let level { body.field("level", level.rawValue) }
            }
            guard let answer else { throw running.absent }
            return answer
        }
        Output.line(argument.line(answer))
    }
}

import ArgumentParser
import Encoding
import EventLoop
import Program

struct CipherLogLevelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log-level",
        abstract: "Show or change how much each Cipher on the key ring logs.")

    @OptionGroup var argument: LogLevelArgument
    @OptionGroup var keys: KeyFileOption

    func run() throws {
        let file = try keys.file()
        let running = try RunningCipher.all(on: file)
        if running.isEmpty { throw RunningCipher(file: file).absent }
        let level = argument.level
        try RunningCipher.printEach(of: running) { cipher, _ in
            let loop = try EventLoop()
            let answer = try loop.run {
                let answer = try await cipher.client(on: loop).post(SetLogLevel.target) { body in
                    if let level { body.field("level", level.rawValue) }
                }
                guard let answer else { throw cipher.absent }
                return answer
            }
            return argument.line(answer)
        }
    }
}

import ArgumentParser
import EventLoop
import Program

struct CipherServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the API until SIGTERM or SIGINT.",
        discussion: "SIGHUP reads the key ring and the secret again, without dropping a request.")

    @OptionGroup var address: CipherAddressOptions
    @OptionGroup var keys: KeyFileOption

    @Option(
        help: CipherDefaults.secretFile.help(
            "A file with the secret that callers must present, or with two, one a line.",
            valueName: "path"))
    var secretFile: String?

    @Option(help: CipherDefaults.logLevel.help("How much is logged on standard error."))
    var logLevel: LogLevel?

    func run() throws {
        let logLevel = try CipherDefaults.logLevel.value(logLevel)
        var secret: SharedSecret?
        if let path = try CipherDefaults.secretFile.optional(secretFile) {
            let option = CipherDefaults.secretFile.option("--secret-file")
            secret = try StartFailure.naming(option) { () throws(StartFailure) in
                try SharedSecret(file: path)
            }
        }
        let settings = CipherProcess.Settings(
            host: try CipherDefaults.host.value(address.host),
            port: try address.portNumber(), keyFile: try keys.file(), secret: secret)
        let logger = LineLog.bootstrap(label: "Cipher", level: logLevel.level)
        let loop = try EventLoop()
        try loop.run { try await CipherProcess.run(settings, loop: loop, logger: logger) }
    }
}

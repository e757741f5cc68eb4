import ArgumentParser
import EventLoop
import Program

struct CipherServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve the API until SIGTERM or SIGINT.",
        discussion: "SIGHUP reads the key ring and the secret again, without dropping a request.")

    @OptionGroup var address: CipherAddressOptions
    @OptionGroup var keys: KeyFileOption

    @OptionGroup var bridge: SecretOptions
    @OptionGroup var seals: SealsMaxOption
    @OptionGroup var metrics: MetricsOptions<CipherDefaults>

    @Option(help: CipherDefaults.logLevel.help("How much is logged on standard error."))
    var logLevel: LogLevel?

    func run() throws {
        let logLevel = try CipherDefaults.logLevel.value(logLevel)
        let secret = try bridge.secret()
        let loop = try EventLoop()
        let logger = LineLog.bootstrap(label: "Cipher", level: logLevel.level)
        let handshake = try bridge.secretForTLS(secret)?
            .serverHandshake(loop: loop, logger: logger)
        let settings = CipherProcess.Settings(
            host: try CipherDefaults.host.value(address.host),
            port: try address.portNumber(), keyFile: try keys.file(), secret: secret,
            handshake: handshake, sealLimits: try seals.limits(),
            metrics: try metrics.address())
        try loop.run { try await CipherProcess.run(settings, loop: loop, logger: logger) }
    }
}

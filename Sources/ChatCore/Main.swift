import ArgumentParser
import Cryptography
import EventLoop
import Program

@main
struct Main {
    static func main() {
        OpenSSL.start()
        Launch<ChatCoreCommand>.main()
    }
}

struct ChatCoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ChatCore",
        abstract: "The chat server: accounts, friends, messages and the web client.",
        discussion: """
            Each option has an environment variable, named in its help; the option wins over it.
            """,
        version: programVersion,
        subcommands: [
            ServeCommand.self, HealthcheckCommand.self, StoreCommand.self, UsersCommand.self,
            SecretCommand.self, InitCommand.self, StatusCommand.self, LogLevelCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

struct HealthcheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask a running ChatCore whether it is ready; the exit status is the answer.")

    @OptionGroup var address: AddressOptions

    @Option(
        help: Defaults.tlsCertificate.help(
            "Set where it serves HTTPS; the certificate is not judged.", valueName: "path"))
    var tlsCertificate: String?

    func run() throws {
        let host = try Defaults.host.value(address.host)
        let port = try address.portNumber()
        let loop = try EventLoop()
        let isSecure = try Defaults.tlsCertificate.optional(tlsCertificate) != nil
        let handshake = isSecure ? try Certificate.healthcheckHandshake(loop: loop) : nil
        try loop.run {
            try await Healthcheck.run(host: host, port: port, loop: loop, handshake: handshake)
        }
    }
}

import ArgumentParser
import Cryptography
import EventLoop
import Program

@main
struct CipherMain {
    static func main() {
        OpenSSL.start()
        Launch<CipherCommand>.main()
    }
}

struct CipherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Cipher",
        abstract: "The vault: seals and opens texts with AES-256-GCM, and holds the only keys.",
        discussion: """
            Each option has an environment variable, named in its help; the option wins over it.
            """,
        version: programVersion,
        subcommands: [
            CipherServeCommand.self, CipherHealthcheckCommand.self, KeysCommand.self,
            UnsealCommand.self, SealCommand.self, CipherStatusCommand.self,
            CipherLogLevelCommand.self,
        ],
        defaultSubcommand: CipherServeCommand.self)
}

struct CipherHealthcheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask a running Cipher whether it is ready; the exit status is the answer.")

    @OptionGroup var address: CipherAddressOptions
    @OptionGroup var bridge: SecretOptions

    func run() throws {
        let host = try CipherDefaults.host.value(address.host)
        let port = try address.portNumber()
        let loop = try EventLoop()
        let handshake = try bridge.secretForTLS(try bridge.secret())?.clientHandshake(loop: loop)
        try loop.run {
            try await Healthcheck.run(host: host, port: port, loop: loop, handshake: handshake)
        }
    }
}

import ArgumentParser
import EventLoop
import Program

struct HealthcheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask a running ChatCore whether it is ready; the exit status is the answer.")

    @OptionGroup var address: AddressOptions

    func run() throws {
        let host = try Defaults.host.value(address.host)
        let port = try address.portNumber()
        let loop = try EventLoop()
        try loop.run { try await Healthcheck.run(host: host, port: port, loop: loop) }
    }
}

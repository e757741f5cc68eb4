import ArgumentParser
import EventLoop
import Encoding
import Glibc
import Program
import TLS
import WebPush

enum PushSwitch: String, CaseIterable, Sendable, ExpressibleByArgument {
    case on, off
}

/// Notifications to browsers whose pages are closed (Web Push).
struct PushOptions: ParsableArguments {
    private static let contactBytesMax = 256

    @Option(
        help: Defaults.push.help(
            "Whether browsers are told of messages while their pages are closed."))
    var push: PushSwitch?

    @Option(
        help: Defaults.pushHosts.help(
            """
            The push services that browsers may name, in place of those of Chrome, Firefox, Edge \
            and Safari: host, *.suffix or address:port, several with commas.
            """, valueName: "hosts"))
    var pushHosts: String?

    @Option(
        help: Defaults.pushKeyFile.help(
            "The key that push services know this server by; made on first start.",
            valueName: "path"))
    var pushKeyFile: String?

    @Option(
        help: Defaults.pushContact.help(
            "A mailto: or https: address of the operator, for push services.", valueName: "url"))
    var pushContact: String?

    @Option(
        help: Defaults.caFile.help(
            """
            A PEM file of the certificate authorities that push services are proven by, in place \
            of the system's.
            """, valueName: "path"))
    var caFile: String?

    /// Returns nil where notifications are turned off.
    func settings(loop: EventLoop) throws(StartFailure) -> PushSettings? {
        guard try Defaults.push.value(push) == .on else { return nil }
        let contact = try Defaults.pushContact.parsed(
            try Defaults.pushContact.value(pushContact), "--push-contact",
            use: "mailto:NAME@HOST or https://HOST"
        ) { Self.isContact($0) ? $0 : nil }
        return PushSettings(
            hosts: try hosts(), keyFile: try Defaults.pushKeyFile.value(pushKeyFile),
            contact: contact, authoritiesFile: try authoritiesFile(loop))
    }

    private func hosts() throws(StartFailure) -> PushHosts {
        guard let text = try Defaults.pushHosts.optional(pushHosts) else { return .browsers }
        return try Defaults.pushHosts.parsed(
            text, "--push-hosts", use: "host, *.suffix or address:port, several with commas"
        ) { PushHosts(parsing: $0) }
    }

    private static func isContact(_ text: String) -> Bool {
        ["mailto:", "https://"].contains { text.hasPrefix($0) }
            && text.utf8.count <= contactBytesMax
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private func authoritiesFile(_ loop: EventLoop) throws(StartFailure) -> String? {
        guard let file = try Defaults.caFile.optional(caFile) else {
            return SystemAuthorities.file { access($0, R_OK) == 0 }
        }
        do throws(TLSFault) {
            _ = try SecureClient(host: "", authoritiesFile: file, loop: loop)
        } catch {
            throw StartFailure("\(Defaults.caFile.option("--ca-file")) '\(file)': \(error)")
        }
        return file
    }
}

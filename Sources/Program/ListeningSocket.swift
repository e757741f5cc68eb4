package import EventLoop
import Glibc
package import Logging

/// Opens the socket that a program's options name.
package enum ListeningSocket {
    /// Opens the socket. A failure names the options to change: `portOption` is like
    /// `--port (CIPHER_PORT)`.
    package static func open(
        host: String, port: UInt16, hostOption: String = "--host", portOption: String,
        loop: EventLoop
    ) throws(StartFailure) -> Listener {
        let address = try address(host: host, port: port, hostOption)
        do {
            return try Listener(address, loop: loop)
        } catch {
            let way =
                switch error.number {
                case EADDRINUSE:
                    "stop what listens there, or choose another port with \(portOption)"
                case EACCES: "choose a port from 1024 on with \(portOption)"
                case EADDRNOTAVAIL: "this machine has no such address"
                case _: "choose another address"
                }
            let problem = String(cString: strerror(error.number))
            throw StartFailure("cannot listen on \(address): \(problem); \(way)")
        }
    }

    /// Logs the address and the settings. A port that the system picked (0) is also printed on
    /// standard output, for the script that started the program.
    package static func announce(
        _ address: SocketAddress, scheme: String = "http", asked port: UInt16,
        _ settings: Logger.Metadata, _ logger: Logger
    ) {
        let line = "listening on \(scheme)://\(address)"
        if port == 0 { StandardStreams.writeOutput(line) }
        // At every log level, since nothing else tells a picked port.
        var always = logger
        always.logLevel = .info
        always.info("\(line)", metadata: settings.merging(["version": "\(programVersion)"]) { $1 })
    }

    /// Returns the address at which to ask a program that listens at that host. For a program that
    /// listens on all addresses it is the loopback address.
    package static func address(
        asking host: String, port: UInt16
    ) throws(StartFailure) -> SocketAddress {
        switch host {
        case "0.0.0.0": try address(host: "127.0.0.1", port: port)
        case "::": try address(host: "::1", port: port)
        case _: try address(host: host, port: port)
        }
    }

    private static func address(
        host: String, port: UInt16, _ hostOption: String = "--host"
    ) throws(StartFailure) -> SocketAddress {
        let numeric = host == "localhost" ? "127.0.0.1" : host
        guard let address = SocketAddress(numeric: numeric, port: port) else {
            throw StartFailure(
                "\(hostOption) '\(host)': use a numeric IPv4 or IPv6 address such as 127.0.0.1")
        }
        return address
    }
}

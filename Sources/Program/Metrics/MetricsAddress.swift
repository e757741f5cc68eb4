package import EventLoop

/// The address that metrics are served on.
package struct MetricsAddress: Sendable {
    package let host: String
    package let port: UInt16

    /// Opens the listener. A failure names the options to change.
    package func open(
        hostOption: String, portOption: String, loop: EventLoop
    ) throws(StartFailure) -> Listener {
        try ListeningSocket.open(
            host: host, port: port, hostOption: hostOption, portOption: portOption, loop: loop)
    }

    /// Returns nil if no port is given.
    package init?(
        host: String?, port: Int?, _ hosts: EnvironmentDefault<String>,
        _ ports: EnvironmentDefault<Int>
    ) throws(StartFailure) {
        guard let port = try ports.optional(port) else { return nil }
        self.port = UInt16(try ports.number(port, 0...65535, "--metrics-port"))
        self.host = try hosts.value(host)
    }
}

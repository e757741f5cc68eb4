import ArgumentParser
import Program

/// The listener for metrics.
struct CipherMetricsOptions: ParsableArguments {
    @Option(
        help: CipherDefaults.metricsHost.help(
            "The numeric address that metrics are served on, for whoever asks there.",
            valueName: "address"))
    var metricsHost: String?

    @Option(
        parsing: .unconditional,
        help: CipherDefaults.metricsPort.help(
            "The port that serves GET /metrics in Prometheus' format, and nothing else; 0 picks "
                + "a free one."))
    var metricsPort: Int?

    /// Returns nil where metrics are off.
    func address() throws(StartFailure) -> MetricsAddress? {
        try MetricsAddress(
            host: metricsHost, port: metricsPort, CipherDefaults.metricsHost,
            CipherDefaults.metricsPort)
    }
}

import ArgumentParser
import Program

/// The listener for metrics.
struct MetricsOptions: ParsableArguments {
    @Option(
        help: Defaults.metricsHost.help(
            "The numeric address that metrics are served on, for whoever asks there.",
            valueName: "address"))
    var metricsHost: String?

    @Option(
        parsing: .unconditional,
        help: Defaults.metricsPort.help(
            "The port that serves GET /metrics in Prometheus' format, and nothing else; 0 picks "
                + "a free one."))
    var metricsPort: Int?

    /// Returns nil where metrics are off.
    func address() throws(StartFailure) -> MetricsAddress? {
        try MetricsAddress(
            host: metricsHost, port: metricsPort, Defaults.metricsHost, Defaults.metricsPort)
    }
}

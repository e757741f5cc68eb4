import ArgumentParser

/// The variables and defaults of a program's `MetricsOptions`.
package protocol MetricsDefaults {
    static var metricsHost: EnvironmentDefault<String> { get }
    static var metricsPort: EnvironmentDefault<Int> { get }
}

/// The options of the listener for metrics.
package struct MetricsOptions<Defaults: MetricsDefaults>: ParsableArguments {
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

    package init() {}

    /// Returns nil where metrics are off.
    package func address() throws(StartFailure) -> MetricsAddress? {
        try MetricsAddress(
            host: metricsHost, port: metricsPort, Defaults.metricsHost, Defaults.metricsPort)
    }
}

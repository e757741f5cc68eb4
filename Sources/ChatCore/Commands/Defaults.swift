import ArgumentParser
import Chat
import Program

/// The environment variable and default value of each option.
enum Defaults: MetricsDefaults {
    static let host = EnvironmentDefault("CHATCORE_HOST", "127.0.0.1")
    static let port = EnvironmentDefault("CHATCORE_PORT", 8080)
    static let data = EnvironmentDefault("CHATCORE_DATA", "data")
    /// The web client's folder in a checkout.
    static let checkoutFolder = "Sources/Frontend"
    static let publicFolder = EnvironmentDefault("CHATCORE_PUBLIC", checkoutFolder)
    static let cipherURL = EnvironmentDefault("CHATCORE_CIPHER_URL", "http://127.0.0.1:8082")
    static let cipherSecretFile = EnvironmentDefault<String>("CHATCORE_CIPHER_SECRET_FILE")
    static let tlsCertificate = EnvironmentDefault<String>("CHATCORE_TLS_CERTIFICATE")
    static let tlsKey = EnvironmentDefault<String>("CHATCORE_TLS_KEY")
    static let sessionKeyFile = EnvironmentDefault(
        "CHATCORE_SESSION_KEY_FILE", ".state/session.key")
    static let sessionDays = EnvironmentDefault("CHATCORE_SESSION_DAYS", 30)
    static let allowedOrigins = EnvironmentDefault<String>("CHATCORE_ALLOWED_ORIGINS")
    static let trustedProxies = EnvironmentDefault<String>("CHATCORE_TRUSTED_PROXIES")
    static let authAttempts = EnvironmentDefault(
        "CHATCORE_AUTH_ATTEMPTS", AccountLimits().attemptsPerMinute)
    static let registration = EnvironmentDefault(
        "CHATCORE_REGISTRATION", AccountLimits().registration)
    static let registrationsPerDay = EnvironmentDefault(
        "CHATCORE_REGISTRATIONS_PER_DAY", AccountLimits().registrationsPerDay)
    static let sendRate = EnvironmentDefault("CHATCORE_SEND_RATE", Quotas().sendsPerMinute)
    static let bytesPerDay = EnvironmentDefault("CHATCORE_BYTES_PER_DAY", Quotas().bytesPerDay)
    static let friendRate = EnvironmentDefault(
        "CHATCORE_FRIEND_RATE", Quotas().unknownNamesPerHour)
    static let messagesMax = EnvironmentDefault("CHATCORE_MESSAGES_MAX", Quotas().messagesMax)
    static let heldPolls = EnvironmentDefault("CHATCORE_HELD_POLLS", 1000)
    static let photoBytesMax = EnvironmentDefault(
        "CHATCORE_PHOTO_BYTES_MAX", Photos.bytesMaxDefault)
    static let push = EnvironmentDefault("CHATCORE_PUSH", PushSwitch.on)
    static let pushHosts = EnvironmentDefault<String>("CHATCORE_PUSH_HOSTS")
    static let pushKeyFile = EnvironmentDefault("CHATCORE_PUSH_KEY_FILE", ".state/push.key")
    static let pushContact = EnvironmentDefault(
        "CHATCORE_PUSH_CONTACT", "mailto:admin@example.com")
    static let caFile = EnvironmentDefault<String>("CHATCORE_CA_FILE")
    static let contentPolicy = EnvironmentDefault(
        "CHATCORE_CSP", SecurityFields.strictContentPolicy)
    static let auditLog = EnvironmentDefault<String>("CHATCORE_AUDIT_LOG")
    static let auditDays = EnvironmentDefault("CHATCORE_AUDIT_DAYS", 90)
    static let controlSocket = EnvironmentDefault<String>("CHATCORE_CONTROL_SOCKET")
    static let acceptPlaintext = EnvironmentDefault("CHATCORE_ACCEPT_PLAINTEXT", false)
    static let metricsHost = EnvironmentDefault("CHATCORE_METRICS_HOST", "127.0.0.1")
    static let metricsPort = EnvironmentDefault<Int>("CHATCORE_METRICS_PORT")
    static let slowMilliseconds = EnvironmentDefault("CHATCORE_SLOW_MS", 500)
    static let logLevel = EnvironmentDefault<LogLevel>("CHATCORE_LOG_LEVEL", .info)
}

/// The address on which the service listens.
struct AddressOptions: ParsableArguments {
    @Option(help: Defaults.host.help("The numeric address it listens on.", valueName: "address"))
    var host: String?

    @Option(
        parsing: .unconditional,
        help: Defaults.port.help(
            "The port it listens on; 0 has serve pick a free one and print it."))
    var port: Int?

    func portNumber() throws(StartFailure) -> UInt16 {
        UInt16(try Defaults.port.number(port, 0...65535, "--port"))
    }
}

/// The folder of the store, and the way to the server that runs on it.
struct DataOption: ParsableArguments {
    @Option(
        help: Defaults.data.help(
            "The folder that holds db.json and its journal.", valueName: "path"))
    var data: String?

    @Option(
        help: Defaults.controlSocket.help(
            "The socket of the running server for administration, if it is not control.sock in "
                + "the data folder.", valueName: "path"))
    var controlSocket: String?

    func path() throws(StartFailure) -> String { try Defaults.data.value(data) }

    func place() throws(StartFailure) -> ServerPlace {
        ServerPlace(data: try path(), ownSocket: try ownSocket())
    }

    /// Returns nil if the socket is in the data folder.
    func ownSocket() throws(StartFailure) -> ControlSocket? {
        guard let path = try Defaults.controlSocket.optional(controlSocket) else { return nil }
        guard let socket = ControlSocket(path: path) else {
            let option = Defaults.controlSocket.option("--control-socket")
            throw StartFailure("\(option) '\(path)': use the path of a file")
        }
        return socket
    }
}

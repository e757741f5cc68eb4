import ArgumentParser
import CipherAPI
import Program

/// The environment variable and the default of each option.
enum CipherDefaults: MetricsDefaults {
    static let host = EnvironmentDefault("CIPHER_HOST", "127.0.0.1")
    static let port = EnvironmentDefault("CIPHER_PORT", 8082)
    static let keyFile = EnvironmentDefault("CIPHER_KEY_FILE", ".state/cipher/keys.json")
    static let secretFile = EnvironmentDefault<String>("CIPHER_SECRET_FILE")
    static let tls = EnvironmentDefault<BridgeTLS>("CIPHER_TLS", .off)
    static let sealsMax = EnvironmentDefault("CIPHER_SEALS_MAX", Int(CipherLimits.sealsMax))
    static let metricsHost = EnvironmentDefault("CIPHER_METRICS_HOST", "127.0.0.1")
    static let metricsPort = EnvironmentDefault<Int>("CIPHER_METRICS_PORT")
    static let logLevel = EnvironmentDefault<LogLevel>("CIPHER_LOG_LEVEL", .info)
}

/// The address that `serve` listens on and `healthcheck` asks.
struct CipherAddressOptions: ParsableArguments {
    @Option(
        help: CipherDefaults.host.help("The numeric address it listens on.", valueName: "address"))
    var host: String?

    @Option(
        parsing: .unconditional,
        help: CipherDefaults.port.help(
            "The port it listens on; 0 has serve pick a free one and print it."))
    var port: Int?

    func portNumber() throws(StartFailure) -> UInt16 {
        UInt16(try CipherDefaults.port.number(port, 0...65535, "--port"))
    }
}

/// The protocol that callers speak.
enum BridgeTLS: String, CaseIterable, ExpressibleByArgument, Sendable {
    /// Plain HTTP.
    case off
    /// TLS 1.3 with a key that follows from the shared secret.
    case psk
}

/// The options of the bridge, which `serve` and `healthcheck` share.
struct SecretOptions: ParsableArguments {
    @Option(
        help: CipherDefaults.secretFile.help(
            "A file with the secret that callers must present, or with two, one a line.",
            valueName: "path"))
    var secretFile: String?

    @Option(
        help: CipherDefaults.tls.help(
            "Whether callers speak plain HTTP, or TLS with a key made of the secret."))
    var tls: BridgeTLS?

    func secret() throws(StartFailure) -> SharedSecret? {
        guard let path = try CipherDefaults.secretFile.optional(secretFile) else { return nil }
        return try StartFailure.naming(secretOption) { () throws(StartFailure) in
            try SharedSecret(file: path)
        }
    }

    /// Returns the secret that TLS is made of, or nil where plain HTTP is spoken.
    func secretForTLS(_ secret: SharedSecret?) throws(StartFailure) -> SharedSecret? {
        guard try CipherDefaults.tls.value(tls) == .psk else { return nil }
        guard let secret else {
            throw StartFailure(
                "\(CipherDefaults.tls.option("--tls")) psk needs a secret: set \(secretOption)")
        }
        return secret
    }

    private var secretOption: String { CipherDefaults.secretFile.option("--secret-file") }
}

struct SealsMaxOption: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: CipherDefaults.sealsMax.help("How often this Cipher may seal with one key."))
    var sealsMax: Int?

    func limits() throws(StartFailure) -> KeyBudget.SealLimits {
        let most = try CipherDefaults.sealsMax.number(
            sealsMax, 1...Int(CipherLimits.sealsMax), "--seals-max")
        return KeyBudget.SealLimits(most: Int64(most))
    }
}

struct KeyFileOption: ParsableArguments {
    @Option(
        help: CipherDefaults.keyFile.help(
            "The key ring; made on first start, for its owner alone.", valueName: "path"))
    var keyFile: String?

    func file() throws(StartFailure) -> KeyRingFile {
        KeyRingFile(path: try CipherDefaults.keyFile.value(keyFile))
    }

    /// Finds the way to the ring, as a command that reads or changes it needs it.
    func access(asksPassphrase: Bool = true) throws -> RingAccess {
        try RingAccess(try file(), asksPassphrase: asksPassphrase)
    }
}

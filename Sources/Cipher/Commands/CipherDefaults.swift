import ArgumentParser
import Program

/// The environment variable and the default of each option.
enum CipherDefaults {
    static let host = EnvironmentDefault("CIPHER_HOST", "127.0.0.1")
    static let port = EnvironmentDefault("CIPHER_PORT", 8082)
    static let keyFile = EnvironmentDefault("CIPHER_KEY_FILE", ".state/cipher/keys.json")
    static let secretFile = EnvironmentDefault<String>("CIPHER_SECRET_FILE")
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

struct KeyFileOption: ParsableArguments {
    @Option(
        help: CipherDefaults.keyFile.help(
            "The key ring; made on first start, for its owner alone.", valueName: "path"))
    var keyFile: String?

    func file() throws(StartFailure) -> KeyRingFile {
        KeyRingFile(path: try CipherDefaults.keyFile.value(keyFile))
    }
}

import ArgumentParser
import Program

/// Where each option comes from when it is not given.
enum Defaults {
    static let host = EnvironmentDefault("CIPHER_HOST", "127.0.0.1")
    static let port = EnvironmentDefault("CIPHER_PORT", 8082)
    static let keyFile = EnvironmentDefault("CIPHER_KEY_FILE", ".state/cipher/keys.json")
    static let secretFile = EnvironmentDefault<String>("CIPHER_SECRET_FILE")
    static let logLevel = EnvironmentDefault<LogLevel>("CIPHER_LOG_LEVEL", .info)
}

/// Where the service listens, or is asked.
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

struct KeyFileOption: ParsableArguments {
    @Option(
        help: Defaults.keyFile.help(
            "The key ring; made on first start, for its owner alone.", valueName: "path"))
    var keyFile: String?

    func file() throws(StartFailure) -> KeyRingFile {
        KeyRingFile(path: try Defaults.keyFile.value(keyFile))
    }
}

import ArgumentParser
import EventLoop
import HTTP
import Program

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API and the web client until SIGTERM or SIGINT.",
        discussion: """
            SIGHUP reads the shared secret and the certificate again, without dropping a request.
            """)

    @OptionGroup var address: AddressOptions
    @OptionGroup var certificate: CertificateOptions
    @OptionGroup var data: DataOption
    @OptionGroup var engine: StoreOptions

    @Option(
        name: .customLong("public"),
        help: Defaults.publicFolder.help("The folder of the web client.", valueName: "path"))
    var publicFolder: String?

    @Option(help: Defaults.cipherURL.help("Where Cipher is.", valueName: "url"))
    var cipherUrl: String?

    @Option(
        help: Defaults.cipherSecretFile.help(
            "A file with the secret that Cipher wants to see: the first of one or two lines.",
            valueName: "path"))
    var cipherSecretFile: String?

    @Option(
        help: Defaults.sessionKeyFile.help(
            "The key that sessions are signed with; made on first start.", valueName: "path"))
    var sessionKeyFile: String?

    @Option(
        parsing: .unconditional,
        help: Defaults.sessionDays.help("How many days a session lasts.", valueName: "days"))
    var sessionDays: Int?

    @Option(
        help: Defaults.allowedOrigins.help(
            "Other origins whose pages may use the API, with commas.", valueName: "origins"))
    var allowedOrigins: String?

    @Option(
        help: Defaults.trustedProxies.help(
            "Addresses and networks (CIDR) whose word about the client counts, with commas.",
            valueName: "addresses"))
    var trustedProxies: String?

    @OptionGroup var limits: LimitOptions
    @OptionGroup var push: PushOptions
    @OptionGroup var metrics: MetricsOptions<Defaults>

    @Option(
        help: Defaults.contentPolicy.help(
            "Another Content-Security-Policy for pages.", valueName: "policy"))
    var csp: String?

    @Option(
        help: Defaults.auditLog.help(
            "A file of its own for the audit trail, which else stands in the log.",
            valueName: "path"))
    var auditLog: String?

    @Option(
        parsing: .unconditional,
        help: Defaults.auditDays.help(
            "How many days the audit trail's files are kept.", valueName: "days"))
    var auditDays: Int?

    @Flag(
        help: Defaults.acceptPlaintext.help(
            "Take over an earlier store in which what looks like ciphertext is text."))
    var acceptPlaintext = false

    @Option(
        parsing: .unconditional,
        help: Defaults.slowMilliseconds.help(
            """
            Milliseconds from which a request has a line in the log that says where its time \
            went; 0 logs none.
            """, valueName: "number"))
    var slowMs: Int?

    @Option(help: Defaults.logLevel.help("How much is logged on standard error."))
    var logLevel: LogLevel?

    func run() throws {
        let loop = try EventLoop()
        let settings = try settingsWithEngine(loop: loop)
        let logger = LineLog.bootstrap(
            label: "ChatCore", level: try Defaults.logLevel.value(logLevel).level)
        let service = ServerProcess(settings: settings, loop: loop, logger: logger)
        try loop.run { try await service.run() }
    }

    func settings(loop: EventLoop) throws(StartFailure) -> Settings {
        let allowed = try Defaults.allowedOrigins.parsed(
            try Defaults.allowedOrigins.optional(allowedOrigins) ?? "", "--allowed-origins",
            use: "https://host[:port], several with commas"
        ) { AllowedOrigins($0) }
        let trusted = try Defaults.trustedProxies.parsed(
            try Defaults.trustedProxies.optional(trustedProxies) ?? "", "--trusted-proxies",
            use: "addresses or networks such as 172.31.0.0/24"
        ) { TrustedProxies($0) }
        let policy = try Defaults.contentPolicy.value(csp)
        guard policy.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw StartFailure(
                "\(Defaults.contentPolicy.option("--csp")) must be one line of printable ASCII")
        }
        let cipher = try CipherAddress(url: try Defaults.cipherURL.value(cipherUrl))
        let secret = try secret()
        return Settings(
            host: try Defaults.host.value(address.host),
            port: try address.portNumber(), data: try data.path(),
            ownControlSocket: try data.ownSocket(),
            publicFolder: try Defaults.publicFolder.value(publicFolder),
            cipher: cipher, cipherSecret: secret,
            cipherSecretFile: try Defaults.cipherSecretFile.optional(cipherSecretFile),
            cipherHandshake: try handshake(with: cipher, secret, loop),
            certificate: try certificate.certificate(loop: loop),
            sessionKeyFile: try Defaults.sessionKeyFile.value(sessionKeyFile),
            sessionDays: try Defaults.sessionDays.number(sessionDays, 1...3650, "--session-days"),
            allowedOrigins: allowed, trustedProxies: trusted,
            accountLimits: try limits.accountLimits(), quotas: try limits.quotas(),
            heldPollsMax: try limits.heldPollsMax(), photoBytesMax: try limits.photoBytes(),
            contentPolicy: policy, push: try push.settings(loop: loop),
            auditLog: try Defaults.auditLog.optional(auditLog),
            auditDays: try Defaults.auditDays.number(auditDays, 1...3650, "--audit-days"),
            acceptsPlaintext: try Defaults.acceptPlaintext.value(acceptPlaintext ? true : nil),
            metrics: try metrics.address(), slowTimeMin: try slowTimeMin())
    }

    private func slowTimeMin() throws(StartFailure) -> Duration? {
        let number = try Defaults.slowMilliseconds.number(slowMs, 0...3_600_000, "--slow-ms")
        return number == 0 ? nil : .milliseconds(number)
    }

    private func secret() throws(StartFailure) -> SharedSecret? {
        guard let path = try Defaults.cipherSecretFile.optional(cipherSecretFile) else {
            return nil
        }
        let option = Defaults.cipherSecretFile.option("--cipher-secret-file")
        return try StartFailure.naming(option) { () throws(StartFailure) in
            try SharedSecret(file: path)
        }
    }

    private func handshake(
        with cipher: CipherAddress, _ secret: SharedSecret?, _ loop: EventLoop
    ) throws(StartFailure) -> Handshake? {
        guard cipher.isSecure else { return nil }
        guard let secret else {
            throw StartFailure(
                "\(Defaults.cipherURL.option("--cipher-url")) with https needs a secret: set "
                    + Defaults.cipherSecretFile.option("--cipher-secret-file"))
        }
        return try secret.clientHandshake(loop: loop)
    }
}

import Cryptography
import Encoding
import EventLoop
import HTTP
import Logging
import Program

/// The operations that a running Cipher offers over its control socket, which lies beside the key
/// ring. Each takes a JSON object and answers `{"line": "<text for the operator>"}`.
enum VaultControl {
    static let state = "/state"
    static let unseal = "/unseal"
    static let seal = "/seal"
    static let renew = "/renew"
    static let sealFile = "/keys/seal"
    static let changePassphrase = "/keys/passphrase"
    static let unsealFile = "/keys/unseal-file"
    static let change = "/keys/change"
    static let list = "/keys/list"
    /// The answer of `state` about a ring that is not this process's.
    static let otherRing = "other"

    static func server(_ vault: KeyVault, loop: EventLoop, logger: Logger) -> ControlServer {
        let socket = RingSlot.socket(of: vault.file, number: vault.slot?.number ?? 1)
        return ControlServer(
            socket, routes: routes(vault, logger), loop: loop, logger: logger, explain: refusal)
    }

    private static func routes(_ vault: KeyVault, _ logger: Logger) -> [Route] {
        func route(
            _ target: String, _ act: @escaping @Sendable (ControlFields) async throws -> String
        ) -> Route {
            Route(.post, target, ControlOperation(act: act))
        }
        func changing(
            _ target: String, _ act: @escaping @Sendable (ControlFields) async throws -> String
        ) -> Route {
            route(target) { fields in
                guard vault.slot?.isFirst ?? true else {
                    throw ControlRefusal("only the first Cipher of the ring changes it")
                }
                return try await act(fields)
            }
        }
        return [
            Route(.post, VaultStatus.target, VaultStatus(vault: vault)),
            Route(.post, SetLogLevel.target, SetLogLevel(logger: logger)),
            route(state) { fields in
                guard try fields.text("file") == vault.file.name else { return otherRing }
                return try await vault.keeping().rawValue
            },
            route(unseal) { fields in
                try await unseal(vault, try fields.secret("passphrase"), logger)
            },
            route(renew) { fields in
                if await vault.isReady {
                    _ = try await vault.unseal(try fields.secret("passphrase"))
                }
                return ""
            },
            route(seal) { _ in
                try await vault.sealAgain()
                logger.notice("the key ring is sealed: the keys have left memory")
                return "Cipher is sealed; Cipher unseal has it work again"
            },
            changing(sealFile) { fields in
                try await vault.sealFile(try fields.secret("passphrase"))
                return ""
            },
            changing(changePassphrase) { fields in
                try await vault.changePassphrase(
                    try fields.secret("passphrase"), to: try fields.secret("next"))
                return ""
            },
            changing(unsealFile) { fields in
                try await vault.unsealFile(try fields.secret("passphrase"))
                return ""
            },
            changing(change) { fields in try await vault.change(try fields.change()) },
            route(list) { _ in
                let counts = try KeyCountFile.readAll(besideRing: vault.file.path)
                return ListKeysCommand.lines(try await vault.ringForList(), counts)
                    .joined(separator: "\n")
            },
        ]
    }

    /// Unseals the ring, and tells of a key that is too old: while it was sealed, nobody could.
    static func unseal(
        _ vault: KeyVault, _ passphrase: Secret, now: Int64 = WallClock.seconds, _ logger: Logger
    ) async throws -> String {
        let version = try await vault.unseal(passphrase)
        logger.notice("the key ring is unsealed", metadata: ["currentKey": "\(version)"])
        await CipherProcess.reportOldKey(of: vault, now: now, logger)
        return "Cipher is unsealed; version \(version) is current"
    }

    private static func refusal(_ error: any Error) -> ControlRefusal? {
        switch error {
        case let failure as StartFailure: ControlRefusal(failure.description)
        case let fault as OpenSSLFault: ControlRefusal(StartFailure(fault).description)
        case let refusal as ControlRefusal: refusal
        case _: nil
        }
    }
}

private struct ControlOperation: Endpoint {
    let act: @Sendable (ControlFields) async throws -> String

    func answer(_ request: Request) async throws -> Response {
        let line = try await act(try ControlFields(request.body.span))
        var body = JSONWriter(capacity: 256)
        body.beginObject()
        body.field("line", line)
        body.endObject()
        return .json(body.bytes)
    }
}

/// The fields of a request over the control socket. Secrets are in hexadecimal: they may be any
/// bytes.
struct ControlFields: Sendable {
    private let object: JSONObject

    init(_ body: Span<UInt8>) throws(ControlRefusal) {
        guard let object = (try? JSONValue.parse(body))?.object else { throw Self.malformed }
        self.object = object
    }

    func text(_ name: ByteText) throws(ControlRefusal) -> ByteText {
        guard let text = object[name]?.text else { throw Self.malformed }
        return text
    }

    func secret(_ name: ByteText) throws(ControlRefusal) -> Secret {
        guard var bytes = Hex.decode(try text(name).string) else { throw Self.malformed }
        return Secret(taking: &bytes)
    }

    func change() throws(ControlRefusal) -> RingChange {
        let name = try text("change")
        switch name {
        case "rotate": return .rotate
        case "recount": return .recount
        case "import":
            return .importing(try secret("key"), isLegacy: object["legacy"]?.bool == true)
        case "retire": return .retire(try version())
        case "restore": return .restore(try version())
        case "forget":
            return .forget(try version(), isForced: object["forced"]?.bool == true)
        case _: throw Self.malformed
        }
    }

    private func version() throws(ControlRefusal) -> Int {
        guard let version = object["version"]?.integer else { throw Self.malformed }
        return Int(clamping: version)
    }

    private static let malformed = ControlRefusal("the request lacks what it needs")
}

extension RingChange {
    func write(to body: inout JSONWriter) {
        switch self {
        case .rotate: body.field("change", "rotate")
        case .recount: body.field("change", "recount")
        case .importing(let key, let isLegacy):
            body.field("change", "import")
            body.field("legacy", isLegacy)
            body.secret("key", key)
        case .retire(let version): write("retire", version, to: &body)
        case .restore(let version): write("restore", version, to: &body)
        case .forget(let version, let isForced):
            write("forget", version, to: &body)
            body.field("forced", isForced)
        }
    }

    private func write(_ change: String, _ version: Int, to body: inout JSONWriter) {
        body.field("change", change)
        body.field("version", version)
    }
}

extension JSONWriter {
    mutating func secret(_ name: StaticString, _ secret: Secret) {
        field(name, secret.withBytes { bytes in Hex.encode(bytes.indices.map { bytes[$0] }) })
    }
}

import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Logging
import Program
import Synchronization
import Testing
import TestSupport

@testable import ChatCore

/// A server that speaks as Cipher does, but does what it is told. Its contents are readable:
/// `v<version>:<context>|<text>`.
final class TestCipher: Handler {
    struct Script {
        var keys: [VaultKey] = [VaultKey(version: 1, fingerprint: "aa")]
        /// Under which version it seals.
        var current = 1
        var secret: String?
        /// Whether texts wait for their answers.
        var hangs = false
        /// Takes the place of what would be answered to texts.
        var garbage: Response?
        /// By path, likewise.
        var garbageOf: [String: Response] = [:]
        /// Paths whose texts wait for their answers.
        var hanging: Set<String> = []
        /// A batch that holds this text is answered as a whole as if it were malformed.
        var poison: JSONText?
        /// Items of each request for texts, in the order of arrival.
        var batches: [Int] = []
        var bodyBytes: [Int] = []
        /// Paths, looks at the keys among them.
        var paths: [String] = []
        var isUp = true
    }

    private let script = Mutex(Script())
    private let address = Mutex(SocketAddress.ipv4(0x7F00_0001, port: 0))
    private let server = Mutex<Server?>(nil)
    let loop: EventLoop

    init(loop: EventLoop) {
        self.loop = loop
    }

    var port: UInt16 { address.withLock { $0.port } }

    func now<T: Sendable>(_ read: (Script) -> T) -> T { script.withLock { read($0) } }
    func change(_ body: (inout Script) -> Void) { script.withLock { body(&$0) } }

    /// Serves until it is cancelled, always on the same port, while `isUp`.
    func run() async throws {
        while !Task.isCancelled {
            if now(\.isUp) {
                let listener = try Listener(address.withLock { $0 }, loop: loop)
                address.withLock { $0 = listener.address }
                var limits = Limits()
                limits.bodyBytesMax = CipherLimits.bodyBytesMax
                let server = Server(
                    loop: loop, limits: limits,
                    logger: .silent,
                    handler: self)
                self.server.withLock { $0 = server }
                await server.serve(listener)
                self.server.withLock { $0 = nil }
            }
            try await loop.sleep(for: .milliseconds(1))
        }
    }

    /// As another process: every connection ends.
    func restart(_ body: (inout Script) -> Void = { _ in }) async throws {
        try await stop()
        change {
            body(&$0)
            $0.isUp = true
        }
        try await loop.eventually { self.server.withLock { $0 != nil } }
    }

    func stop() async throws {
        change { $0.isUp = false }
        server.withLock { $0 }?.stop(within: .zero)
        try await loop.eventually { self.server.withLock { $0 == nil } }
    }

    func refuse(_ fault: HTTPFault, _ request: Request?) -> Response { Response(fault.status) }

    func answer(_ request: Request) async -> Response {
        change { $0.paths.append(request.path.string) }
        if let secret = now(\.secret), request.field("Authorization") != "Bearer \(secret)" {
            return Response(.unauthorized)
        }
        if request.path == "/keys" { return json(keys.encoded) }
        guard let asked = try? CipherRequest(request.body) else {
            return Response(.badRequest)
        }
        change {
            $0.batches.append(asked.count)
            $0.bodyBytes.append(request.body.count)
        }
        while now({ $0.hangs || $0.hanging.contains(request.path.string) }) {
            do { try await loop.sleep(for: .milliseconds(1)) } catch { break }
        }
        if let garbage = now({ $0.garbageOf[request.path.string] ?? $0.garbage }) {
            return garbage
        }
        if let poison = now(\.poison), asked.texts.contains(poison) {
            let fault = CipherFault(.malformed, "no").encoded
            return Response(.badRequest, body: .bytes(fault))
        }
        switch asked {
        case .single(let item):
            switch perform(request.path.string, item) {
            case .success(let text): return json(CipherResponse.single(text).encoded)
            case .failure(let fault):
                return Response(Status(code: fault.code.status), body: .bytes(fault.encoded))
            }
        case .batch(let items):
            return json(
                CipherResponse.batch(
                    items.map { $0.flatMap { self.perform(request.path.string, $0) } }
                ).encoded)
        }
    }

    private func json(_ body: [UInt8]) -> Response { Response(.ok, body: .bytes(body)) }

    private var keys: KeysResponse {
        KeysResponse(
            keys: now(\.keys).map {
                KeysResponse.Key(
                    version: $0.version,
                    state: $0.version == now(\.current) ? .current : .decryptOnly,
                    isLegacy: $0.isLegacy, created: 0,
                    age: 0, fingerprint: $0.fingerprint, sealed: 0, opened: 0, spent: 0)
            })
    }

    private func perform(_ path: String, _ item: CipherItem) -> Result<JSONText, CipherFault> {
        let (text, context) = (item.text.text.string, item.keyContext.text.string)
        let sealed = "v\(now(\.current)):\(context)|"
        if path == "/encrypt" { return .success(JSONText(ByteText(sealed + text))) }
        guard let bar = text.firstIndex(of: "|"), text[..<bar].hasSuffix(":\(context)") else {
            return .failure(CipherFault(.notAuthentic, "no"))
        }
        let opened = String(text[bar...].dropFirst())
        return .success(JSONText(ByteText(path == "/decrypt" ? opened : sealed + opened)))
    }
}

extension CipherRequest {
    var count: Int {
        switch self {
        case .single: 1
        case .batch(let items): items.count
        }
    }

    fileprivate var texts: [JSONText] {
        switch self {
        case .single(let item): [item.text]
        case .batch(let items): items.compactMap { (try? $0.get())?.text }
        }
    }
}

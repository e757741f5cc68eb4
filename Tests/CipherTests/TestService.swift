import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Foundation
import Logging
import Program
import RateLimit
import TestSupport
import Testing

@testable import Cipher
@testable import HTTP

/// Cipher's application over a key ring of its own, in a folder that is deleted afterwards.
struct TestService: Sendable {
    let vault: KeyVault
    let application: CipherApplication
    let ringPath: String

    struct Answer {
        let status: Status
        let fields: [(name: String, value: String)]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        var code: String? {
            (try? JSONValue.parse(body.span))?.object?["code"]?.text?.string
        }

        func results() throws -> [Result<String, CipherFault>] {
            guard case .batch(let results) = try CipherResponse(body) else { return [] }
            return results.map { $0.map(\.text.string) }
        }
    }

    /// Runs a request through the real parser and the router.
    func send(
        _ method: HTTP.Method, _ path: String, _ body: [UInt8], fields: String = "",
        contentType: String? = "application/json"
    ) async throws -> Answer {
        let type = contentType.map { "Content-Type: \($0)\r\n" } ?? ""
        let head =
            "\(method.rawValue) \(path) HTTP/1.1\r\nHost: cipher\r\n\(fields)\(type)"
            + "Content-Length: \(body.count)\r\n\r\n"
        var limits = Limits()
        limits.bodyBytesMax = CipherLimits.bodyBytesMax
        var parser = RequestParser(peer: .ipv4(0x7F00_0001, port: 1))
        var input = Array(head.utf8) + body
        var taken = 0
        var outcome = try parser.parse(input.span, limits, taken: &taken)
        if case .needsMore = outcome {
            input.removeFirst(taken)
            outcome = try parser.parse(input.span, limits, taken: &taken)
        }
        guard case .request(let request, _) = outcome else {
            throw StartFailure("the test's request is not whole")
        }
        let response = await application.answer(request)
        return Answer(
            status: response.status, fields: response.fields.map { ("\($0.name)", $0.value) },
            body: try await response.bodyBytes())
    }

    func send(
        _ method: HTTP.Method, _ path: String, _ body: String = "", fields: String = "",
        contentType: String? = "application/json"
    ) async throws -> Answer {
        try await send(method, path, Array(body.utf8), fields: fields, contentType: contentType)
    }

    /// A single text's result; records what came instead.
    func result(_ path: String, text: String, context: String) async throws -> String {
        let body = CipherRequest.encode(CipherItem(text: text, keyContext: context))
        let answer = try await send(.post, path, body)
        guard case .single(let result) = try CipherResponse(answer.body) else {
            throw StartFailure("no single result: \(answer.text)")
        }
        return result.text.string
    }
}

func withService(
    secret: String? = nil, starts: Bool = true, log: any LogHandler = SwiftLogNoOpLogHandler(),
    unusual: UnusualUse.Limits = UnusualUse.Limits(),
    limits: KeyBudget.SealLimits = KeyBudget.SealLimits(),
    _ body: @escaping @Sendable (TestService) async throws -> Void
) throws {
    try TemporaryFolder.with { folder in
        let loop = try EventLoop()
        try loop.run {
            let path = "\(folder)/keys.json"
            let logger = Logger.test(log)
            let vault = KeyVault(
                file: KeyRingFile(path: path),
                budget: try KeyBudget(
                    besideRing: path, limits: limits, log: RateLimitedLog(logger)),
                unusual: unusual, loop: loop)
            if starts { _ = try await vault.start(now: WallClock.seconds) }
            let secret = secret.map { text in
                var bytes = Array(text.utf8)
                return SharedSecret(Secret(taking: &bytes))
            }
            let callers = CallerAuthentication(
                secret: secret, log: RateLimitedLog(logger), logger: logger)
            try await body(
                TestService(
                    vault: vault,
                    application: CipherApplication(vault: vault, callers: callers, logger: logger),
                    ringPath: path))
        }
    }
}

import CipherAPI
import Encoding
import EventLoop
import Foundation
import HTTP
import InMemoryLogging
import Logging
import Program
import TestSupport
import Testing

@testable import Cipher

/// The whole API through its router, without a socket.
struct RoutesTests {
    @Test func `a text goes round through encrypt, rewrap and decrypt`() throws {
        try withService { service in
            let content = try await service.result("/encrypt", text: "halo", context: "a-b-c")
            #expect(content.hasPrefix("v1:"))
            let rewrapped = try await service.result("/rewrap", text: content, context: "a-b-c")
            #expect(rewrapped != content && rewrapped.hasPrefix("v1:"))
            for sealed in [content, rewrapped] {
                #expect(
                    try await service.result("/decrypt", text: sealed, context: "a-b-c") == "halo")
            }
        }
    }

    @Test func `a batch keeps its order around bad items`() throws {
        try withService { service in
            let good = try await service.result("/encrypt", text: "good", context: "c")
            let body = """
                {"batch":[{"text":"\(good)","keyContext":"c"},{"text":"\(good)"},{"text":7},
                {"text":"\(good)","keyContext":"c"},{"text":"v9:AAAA","keyContext":"c"}]}
                """
            let answer = try await service.send(.post, "/decrypt", body)
            #expect(answer.status == .ok)
            let results = try answer.results()
            #expect(
                results.map(code) == [
                    "good", "not_authentic", "malformed", "good", "not_authentic",
                ])
        }
    }

    @Test(arguments: ["/encrypt", "/decrypt", "/rewrap"])
    func `an empty batch has no results, and a full one a thousand`(path: String) throws {
        try withService { service in
            let none = try await service.send(.post, path, #"{"batch":[]}"#)
            #expect(none.text == #"{"results":[]}"#)
            let items = (0..<1000).map { CipherItem(text: "\($0)", keyContext: "c") }
            let sealed = try await service.send(
                .post, "/encrypt", CipherRequest.encode(batch: items)
            ).results().map { try $0.get() }
            #expect(Set(sealed).count == 1000)
            let again = path == "/encrypt" ? items.map(\.text.text.string) : sealed
            let all = try await service.send(
                .post, path,
                CipherRequest.encode(
                    batch: again.map { CipherItem(text: $0, keyContext: "c") })
            ).results().map { try $0.get() }
            #expect(all.count == 1000)
            if path == "/decrypt" { #expect(all == items.map(\.text.text.string)) }
            let more = try await service.send(
                .post, path,
                CipherRequest.encode(batch: items + [CipherItem(text: "x")]))
            #expect(more.status == .contentTooLarge)
            #expect(more.code == "too_large")
        }
    }

    @Test(arguments: [
        (Method.post, "/encrypt", "", 400, "malformed"),
        (.post, "/encrypt", "{}", 400, "malformed"),
        (.post, "/decrypt", #"{"text":1}"#, 400, "malformed"),
        (.post, "/rewrap", #"{"text":"x","key":"y"}"#, 400, "malformed"),
        (.post, "/decrypt", #"{"text":""}"#, 422, "not_authentic"),
        (.post, "/decrypt", #"{"text":"v1:"}"#, 422, "not_authentic"),
        (.post, "/rewrap", #"{"text":"halo"}"#, 422, "not_authentic"),
        (.get, "/encrypt", "", 405, "method_not_allowed"),
        (.delete, "/keys", "", 405, "method_not_allowed"),
        (.get, "/", "", 404, "not_found"),
        (.post, "/encrypt/", #"{"text":"x"}"#, 404, "not_found"),
        (.get, "/keys/1", "", 404, "not_found"),
    ])
    func `errors are JSON with a code`(
        method: Method, path: String, body: String, status: Int, code: String
    ) throws {
        try withService { service in
            let answer = try await service.send(method, path, body)
            #expect(answer.status.code == status)
            #expect(answer.code == code)
            #expect(
                answer.fields.contains {
                    $0.name == "Content-Type" && $0.value == "application/json"
                })
            #expect((status == 405) == answer.fields.contains { $0.name == "Allow" })
        }
    }

    @Test func `keys tell all but material`() throws {
        try withService { service in
            let content = try await service.result("/encrypt", text: "x", context: "")
            _ = try await service.result("/decrypt", text: content, context: "")
            let answer = try await service.send(.get, "/keys")
            let response = KeysResponse(answer.body.span)
            let keys = try #require(response).keys
            #expect(keys.count == 1)
            #expect(keys[0].state == .current && keys[0].sealed == 1 && keys[0].opened == 1)
            #expect(keys[0].fingerprint.utf8Count == 32)
            let file = String(decoding: try TestFile.contents(of: service.ringPath), as: UTF8.self)
            let material = try #require(file.split(separator: "\"key\":\"").last).prefix(64)
            #expect(material.count { $0.isHexDigit } == 64)
            #expect(!answer.text.contains(material))
        }
    }

    @Test(arguments: [
        (nil, 401), ("", 401), ("Bearer", 401), ("Bearer ", 401), ("Bearer s3cre", 401),
        ("Bearer s3crets", 401), ("Bearer S3CRET", 401), ("Bearer  s3cret", 200),
        ("Basic s3cret", 401), ("s3cret", 401), ("Bearer s3cret, Bearer s3cret", 401),
        ("Bearer s3cret", 200), ("bearer s3cret", 200),
    ])
    func `only who knows the secret gets in, where there is one`(value: String?, status: Int) throws
    {
        try withService(secret: "s3cret") { service in
            let fields = value.map { "Authorization: \($0)\r\n" } ?? ""
            for (method, path, body) in [
                (Method.post, "/encrypt", #"{"text":"x"}"#), (.get, "/keys", ""),
            ] {
                let answer = try await service.send(method, path, body, fields: fields)
                #expect(answer.status.code == status)
                guard status == 401 else { continue }
                #expect(answer.code == "unauthorized")
                #expect(answer.fields.contains { $0.name == "WWW-Authenticate" })
            }
            for path in ["/healthz", "/readyz"] {
                #expect(try await service.send(.get, path, fields: fields).status == .ok)
            }
        }
    }

    @Test func `refused callers are told of once a minute, with their address`() throws {
        let log = InMemoryLogHandler()
        try withService(secret: "s3cret", log: log) { service in
            for _ in 0..<1_000 {
                let answer = try await service.send(.post, "/encrypt", #"{"text":"x"}"#)
                #expect(answer.status == .unauthorized)
            }
        }
        let lines = log.entries.filter { "\($0.message)".contains("refused a caller") }
        #expect(lines.count == 1)
        #expect(lines.first?.metadata["address"] == "127.0.0.1")
    }

    @Test(arguments: [
        ("application/json", 200), ("Application/JSON; charset=UTF-8", 200),
        ("application/json;charset=\"utf-8\"", 200), ("application/json ;", 200), (nil, 415),
        ("", 415), ("text/plain", 415), ("application/jsonp", 415), ("application/jso", 415),
        ("application/json; charset=latin1", 415), ("application/json, text/plain", 415),
        ("application/x-www-form-urlencoded", 415), ("multipart/form-data; boundary=x", 415),
        ("applica\u{212A}ion/json", 415), (String(repeating: "\u{301}\u{323}", count: 2_000), 415),
    ])
    func `a body is taken as JSON alone`(type: String?, status: Int) throws {
        try withService { service in
            for (path, text) in [("/encrypt", "x"), ("/decrypt", "v1:"), ("/rewrap", "v1:")] {
                let answer = try await service.send(
                    .post, path, #"{"text":"\#(text)"}"#, contentType: type)
                if status == 200 {
                    #expect(answer.status.code == (path == "/encrypt" ? 200 : 422))
                } else {
                    #expect(answer.status.code == 415)
                    #expect(answer.code == "unsupported_media_type")
                }
            }
        }
    }

    @Test(arguments: [
        "Origin: http://127.0.0.1:8080", "Origin: null", "Origin: http://cipher", "Origin:",
        "Sec-Fetch-Site: cross-site", "sec-fetch-site: same-origin", "Sec-Fetch-Site: none",
    ])
    func `no page is answered, with the secret or without`(field: String) throws {
        for secret in [nil, "s3cret"] {
            try withService(secret: secret) { service in
                let fields = "Authorization: Bearer s3cret\r\n"
                for (method, path, body) in [
                    (Method.post, "/encrypt", #"{"text":"x"}"#), (.get, "/keys", ""),
                    (.get, "/healthz", ""), (.get, "/readyz", ""), (.options, "/encrypt", ""),
                    (.get, "/nowhere", ""),
                ] {
                    let answer = try await service.send(
                        method, path, body, fields: fields + field + "\r\n")
                    #expect(answer.status == .forbidden, "\(path)")
                    #expect(answer.code == "cross_origin")
                }
                let answer = try await service.send(
                    .post, "/encrypt", #"{"text":"x"}"#, fields: fields)
                #expect(answer.status == .ok)
            }
        }
    }

    @Test func `nothing is ready before the self-test has passed`() throws {
        try withService(starts: false) { service in
            #expect(try await service.send(.get, "/healthz").status == .ok)
            for (method, path, body) in [
                (Method.get, "/readyz", ""), (.get, "/keys", ""),
                (.post, "/encrypt", #"{"text":"x"}"#),
                (.post, "/encrypt", #"{"batch":[]}"#),
            ] {
                let answer = try await service.send(method, path, body)
                #expect(answer.status == .serviceUnavailable, "\(path)")
                #expect(answer.code == "not_ready")
            }
        }
    }

    @Test func `a ring that changed is taken over, a damaged one is not`() throws {
        try withService { service in
            let old = try await service.result("/encrypt", text: "x", context: "")
            var bytes = [UInt8](repeating: 9, count: 32)
            _ = try KeyImport(isLegacy: false).run(
                &bytes, into: KeyRingFile(path: service.ringPath))
            #expect(try await service.vault.reload() == 2)
            let new = try await service.result("/encrypt", text: "x", context: "")
            #expect(new.hasPrefix("v2:"))
            try TestFile.write(Array("damaged".utf8), to: service.ringPath)
            await #expect(throws: StartFailure.self) { try await service.vault.reload() }
            for content in [old, new] {
                #expect(try await service.result("/decrypt", text: content, context: "") == "x")
            }
        }
    }

    private func code(_ result: Result<String, CipherFault>) -> String {
        switch result {
        case .success(let text): text
        case .failure(let fault): fault.code.rawValue
        }
    }
}

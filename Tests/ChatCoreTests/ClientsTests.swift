import Encoding
import EventLoop
import HTTP
import Logging
import TestSupport
import Testing

@testable import ChatCore

private func address(_ text: String) throws -> SocketAddress {
    try #require(SocketAddress(numeric: text, port: 9))
}

@Suite struct TrustedProxiesTests {
    @Test(arguments: [
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
        ("172.31.0.0/24", "172.31.0.255", true), ("172.31.0.0/24", "172.31.1.0", false),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true), ("::1", "::1", true),
        ("10.0.0.1, ::1", "::1", true), ("", "127.0.0.1", false),
        ("::ffff:10.0.0.0/104", "10.1.2.3", true), ("10.1.2.3", "::ffff:10.1.2.3", true),
    ])
    func `an address is trusted if a network holds it`(list: String, peer: String, holds: Bool)
        throws
    {
        let proxies = try #require(TrustedProxies(list))
        #expect(proxies.contain(try address(peer)) == holds)
    }

    @Test(arguments: ["x", "10.0.0.1/33", "::1/129", "10.0.0.1/-1", "10.0.0.1/", "10.0.0.0/8/8"])
    func `an invalid network is refused`(list: String) {
        #expect(TrustedProxies(list) == nil)
    }

    @Test func `only a trusted proxy may name the client`() throws {
        let proxies = try #require(TrustedProxies("10.0.0.1"))
        let clients = Clients(trusting: proxies, logger: .silent)
        for (peer, seen) in [("10.0.0.1", "203.0.113.7"), ("10.0.0.2", "10.0.0.2")] {
            let request = Request(
                .get, "/",
                fields: [("CF-Connecting-IP", "203.0.113.7"), ("X-Forwarded-Proto", "https")],
                peer: try address(peer))
            #expect(clients.address(of: request).host == seen)
            #expect(clients.usesHTTPS(request) == (peer == "10.0.0.1"))
        }
    }
}

@Suite struct SameOriginTests {
    @Test(
        arguments: [
            ([], false),
            ([("Sec-Fetch-Site", "same-origin")], true),
            ([("Sec-Fetch-Site", "same-site")], false),
            ([("Sec-Fetch-Site", "none")], false),
            ([("Origin", "http://chat.test:8080")], true),
            ([("Origin", "https://Chat.Test:8080")], true),
            ([("Origin", "http://chat.test")], false),
            ([("Origin", "null")], false),
            ([("Origin", "http://evil.test:8080")], false),
            ([("Origin", "http://chat.test:8080"), ("Sec-Fetch-Site", "same-origin")], true),
            ([("Origin", "http://evil.test"), ("Sec-Fetch-Site", "same-origin")], false),
            ([("Origin", "http://chat.test:8080"), ("Sec-Fetch-Site", "cross-site")], false),
        ] as [([(StaticString, String)], Bool)])
    func `the browser's fields must agree`(fields: [(StaticString, String)], holds: Bool) {
        let request = Request(
            .post, "/chat/send",
            fields: [("Host", "chat.test:8080")] + fields.map { (name: $0.0, value: $0.1) })
        #expect(SameOrigin.isConfirmed(for: request) == holds)
    }

    @Test(
        arguments: [
            ("http://chat.test", "chat.test:80", true),
            ("https://chat.test", "chat.test:443", true),
            ("https://chat.test:443", "chat.test", true), ("http://[::1]:80", "[::1]", true),
            ("https://chat.test", "chat.test:80", false), ("http://", "chat.test", false),
            ("http://chat.test:443", "chat.test", false), ("http://:80", "chat.test", false),
            ("http://chat.test/", "chat.test", false), ("chat.test", "chat.test", false),
        ] as [(String, String, Bool)])
    func `the default port of a scheme may be omitted`(origin: String, host: String, holds: Bool) {
        let request = Request(
            .post, "/chat/send", fields: [("Host", host), ("Origin", origin)])
        #expect(SameOrigin.isConfirmed(for: request) == holds)
    }
}

@Suite struct SessionCookieTests {
    @Test(
        arguments: [
            ("kw-session=abc", false, "abc"), ("a=b; kw-session=x.y.z; c=d", false, "x.y.z"),
            ("xkw-session=abc", false, nil), ("__Host-kw-session=abc", false, nil),
            ("kw-session=abc", true, nil),
            ("kw-session=plain; __Host-kw-session=bound", true, "bound"),
            ("kw-session", false, nil), ("", false, nil),
        ] as [(String, Bool, String?)])
    func `the token is found under the cookie's exact name`(
        field: String, isSecure: Bool, token: String?
    ) {
        let request = Request(.get, "/", fields: [("Cookie", field)])
        #expect(SessionCookie(isSecure: isSecure).token(in: request)?.string == token)
    }

    @Test func `cookies may come in several fields`() {
        let request = Request(
            .get, "/",
            fields: [("Cookie", "a=b"), ("cookie", "c=d; kw-session=t"), ("Cookie", "e=f")])
        #expect(SessionCookie(isSecure: false).token(in: request) == "t")
    }

    @Test func `the cookie's attributes restrict it`() {
        let plain = SessionCookie(isSecure: false).setting("t", seconds: 60)
        #expect(plain == "kw-session=t; Max-Age=60; Path=/; HttpOnly; SameSite=Strict")
        let bound = SessionCookie(isSecure: true).setting("t", seconds: 60)
        #expect(
            bound == "__Host-kw-session=t; Max-Age=60; Path=/; HttpOnly; SameSite=Strict; Secure")
    }
}

@Suite struct AllowedOriginsTests {
    private func preflight(_ origin: String) -> Request {
        Request(
            .options, "/chat/send",
            fields: [("Origin", origin), ("Access-Control-Request-Method", "POST")])
    }

    @Test func `an allowed origin gets its preflight and any other nothing`() throws {
        let origins = try #require(AllowedOrigins("https://chat.example, http://localhost:3000/"))
        for origin in ["https://chat.example", "http://localhost:3000"] {
            let answer = try #require(origins.preflight(preflight(origin)))
            #expect(answer.status == .noContent)
            let fields = origins.fields(for: preflight(origin)).map { "\($0.name): \($0.value)" }
            #expect(fields.contains("Access-Control-Allow-Origin: \(origin)"))
            #expect(!fields.contains { $0.contains("Credentials") })
        }
        for origin in ["http://chat.example", "https://chat.example.evil.test", "null"] {
            #expect(origins.preflight(preflight(origin)) == nil)
            #expect(origins.fields(for: preflight(origin)).map(\.value) == ["Origin"])
        }
    }

    @Test(arguments: [
        ("https://chat.example:443", "https://chat.example"),
        ("HTTP://Chat.Example:80/", "http://chat.example"),
        ("https://chat.example:80", "https://chat.example:80"),
    ])
    func `an origin is compared as browsers write it`(told: String, written: String) throws {
        let origins = try #require(AllowedOrigins(told))
        #expect(origins.preflight(preflight(written)) != nil)
    }

    @Test func `no origin is allowed by default`() throws {
        let origins = try #require(AllowedOrigins(""))
        #expect(origins.preflight(preflight("https://chat.example")) == nil)
        #expect(origins.fields(for: preflight("https://chat.example")).isEmpty)
    }

    @Test(arguments: [
        "*", "chat.example", "https://", "https://:443", "https://a/b", "https://a@b", "ftp://a",
    ])
    func `an invalid origin is refused`(list: String) {
        #expect(AllowedOrigins(list) == nil)
    }
}

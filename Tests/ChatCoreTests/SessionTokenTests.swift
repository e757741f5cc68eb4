import Cryptography
import Encoding
import Program
import Storage
import Testing

@testable import ChatCore

private func key(_ byte: UInt8) -> Secret {
    var bytes = [UInt8](repeating: byte, count: 32)
    return Secret(taking: &bytes)
}

extension SessionToken {
    fileprivate init?(verifying text: String, key: Secret) {
        self.init(verifying: Array(text.utf8).span, key: key)
    }
}

private func base64URL(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return Base64.encodeURL(bytes.span)
}

private func signed(_ header: String, _ claims: String, _ key: Secret) -> String {
    let text = base64URL(header) + "." + base64URL(claims)
    let code = HMACSHA256.code(of: Array(text.utf8).span, key: key)
    return text + "." + Base64.encodeURL(code.span)
}

@Suite struct SessionTokenTests {
    private let token = SessionToken(user: UserID("u-1"), issuedAt: 100, expiresAt: 200, epoch: 3)

    @Test func `a signed token is read again`() {
        let text = token.signed(with: key(1))
        #expect(SessionToken(verifying: text, key: key(1)) == token)
        #expect(SessionToken(verifying: text, key: key(2)) == nil)
    }

    @Test func `an id may be long, and a token has a limit`() {
        for (length, isRead) in [(4_096, true), (8_192, false)] {
            let token = SessionToken(
                user: UserID(ByteText(String(repeating: "x", count: length))), issuedAt: 1,
                expiresAt: 2,
                epoch: 3)
            let read = SessionToken(verifying: token.signed(with: key(1)), key: key(1))
            #expect(read == (isRead ? token : nil))
        }
    }

    @Test func `no single changed character is accepted`() {
        let text = Array(token.signed(with: key(1)).utf8)
        for index in text.indices {
            for character in Array("Aa0-_.=".utf8) where character != text[index] {
                var changed = text
                changed[index] = character
                let other = String(decoding: changed, as: UTF8.self)
                #expect(SessionToken(verifying: other, key: key(1)) == nil)
            }
        }
        for length in text.indices {
            let cut = String(decoding: text[..<length], as: UTF8.self)
            #expect(SessionToken(verifying: cut, key: key(1)) == nil)
        }
    }

    @Test(arguments: [
        (Int64(100), Int64(200), Int64(50), Int64(150)),
        (100, 200, 100, 200), (100, 200, 1_000, 200),
        (.max - 10, .max, 50, .max), (.min, .max, 50, .min + 50),
    ])
    func `a token lives no longer than sessions do today`(
        issued: Int64, expires: Int64, most: Int64, end: Int64
    ) {
        let token = SessionToken(
            user: UserID("u-1"), issuedAt: issued, expiresAt: expires, epoch: 3)
        let lifetime = SessionLifetime(seconds: most)
        #expect(!lifetime.isOver(token.name, at: end - 1))
        #expect(lifetime.isOver(token.name, at: end) && lifetime.isOver(nil, at: 0))
    }

    @Test(arguments: [(Int64(100), Int64(200)), (0, 0), (1_790_000_000, .max)])
    func `the name of a session is read again`(issued: Int64, expires: Int64) {
        let name = SessionName(issuedAt: issued, expiresAt: expires)
        #expect(SessionName(name.text) == name)
    }

    @Test(arguments: ["", "-", "100", "100-", "-200", "100-x", "99999999999999999999-1", "1--2"])
    func `another text names no session`(text: String) {
        #expect(SessionName(ByteText(text)) == nil)
    }

    @Test(arguments: [
        #"{"alg":"none"}"#, #"{"alg":"HS512","typ":"JWT"}"#, #"{"alg":"hs256"}"#, #"{"typ":"JWT"}"#,
        #"{"alg":"HS256","typ":"JWS"}"#, #"{"alg":"HS256","crit":["exp"]}"#, "{}", "[]", "x",
    ])
    func `a token cannot choose its algorithm`(header: String) {
        let claims = #"{"sub":"u-1","iat":100,"exp":200,"epoch":3}"#
        #expect(
            SessionToken(verifying: signed(#"{"alg":"HS256"}"#, claims, key(1)), key: key(1))
                == token)
        #expect(SessionToken(verifying: signed(header, claims, key(1)), key: key(1)) == nil)
        let unsigned = base64URL(header) + "." + base64URL(claims) + "."
        #expect(SessionToken(verifying: unsigned, key: key(1)) == nil)
    }

    @Test(arguments: [
        "{}", #"{"sub":"u-1","iat":100,"exp":200}"#, #"{"sub":1,"iat":100,"exp":200,"epoch":3}"#,
        #"{"sub":"u-1","iat":100,"exp":"200","epoch":3}"#,
        #"{"sub":"u-1","iat":100,"exp":2.5,"epoch":3}"#,
    ])
    func `a claim that is missing or of another kind is refused`(claims: String) {
        #expect(
            SessionToken(verifying: signed(#"{"alg":"HS256"}"#, claims, key(1)), key: key(1)) == nil
        )
    }
}

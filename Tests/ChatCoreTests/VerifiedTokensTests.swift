import Cryptography
import Encoding
import Program
import Storage
import Testing

@testable import ChatCore

@Suite struct VerifiedTokensTests {
    private let key = {
        var bytes = [UInt8](repeating: 7, count: 32)
        return Secret(taking: &bytes)
    }()

    private func read(_ text: [UInt8], _ tokens: VerifiedTokens) -> SessionToken? {
        tokens.token(text.span)
    }

    @Test func `a token that is known is read again`() {
        let token = SessionToken(user: UserID("u-1"), issuedAt: 1, expiresAt: 2, epoch: 3)
        let (text, tokens) = (
            Array(token.signed(with: key).utf8), VerifiedTokens(keys: SessionKeys(key))
        )
        for _ in 0..<2 { #expect(read(text, tokens) == token) }
    }

    @Test func `one that ends as a known one does is not taken for it`() {
        let token = SessionToken(user: UserID("u-1"), issuedAt: 1, expiresAt: 2, epoch: 3)
        let other = SessionToken(user: UserID("u-2"), issuedAt: 1, expiresAt: 2, epoch: 3)
        let (text, tokens) = (
            Array(token.signed(with: key).utf8), VerifiedTokens(keys: SessionKeys(key))
        )
        #expect(read(text, tokens) == token)
        let forged = Array(other.signed(with: key).utf8.dropLast(43)) + text.suffix(43)
        #expect(read(forged, tokens) == nil)
        for length in 0..<text.count { #expect(read(Array(text.suffix(length)), tokens) == nil) }
        #expect(read(text, tokens) == token)
    }
}

import Cryptography
import Encoding
import Testing
import WebPush

@Suite struct PushMessageTests {
    /// RFC 8291, appendix A.
    @Test func `the example of the standard is sealed byte for byte`() throws {
        let keys = try #require(
            SubscriptionKeys(
                publicKey: bytes(
                    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6S"
                        + "RpkNtoIAiw4"),
                authentication: bytes("BTBZMqHH6r4Tts7J_aSIgg")))
        let sender = try #require(
            P256KeyPair(privateKey: secret("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")))
        let point = sender.publicKey
        #expect(
            Base64.encodeURL(point.span)
                == "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK"
                + "6PBru3jl7A8")
        let content = Array("When I grow up, I want to be a watermelon".utf8)
        let sealed = try PushMessage.seal(
            content.span, for: keys, paddedTo: content.count + 1, sender: sender,
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw"))
        #expect(
            Base64.encodeURL(sealed.span)
                == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6"
                + "e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZ"
                + "wbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
    }

    @Test func `messages of any length are one size`() throws {
        let receiver = try P256KeyPair.make()
        let keys = try #require(
            SubscriptionKeys(
                publicKey: receiver.publicKey, authentication: [UInt8](repeating: 7, count: 16)))
        let sizes = try [0, 1, 100, PushMessage.contentBytesMax].map { count in
            try PushMessage.seal([UInt8](repeating: 65, count: count).span, for: keys).count
        }
        #expect(Set(sizes) == [16 + 4 + 1 + 65 + PushMessage.paddedBytes + AES128GCM.tagBytes])
    }

    @Test func `keys that no browser makes are refused`() throws {
        let point = try P256KeyPair.make().publicKey
        let authentication = [UInt8](repeating: 1, count: 16)
        #expect(SubscriptionKeys(publicKey: point, authentication: authentication) != nil)
        #expect(SubscriptionKeys(publicKey: point, authentication: [1]) == nil)
        #expect(SubscriptionKeys(publicKey: [], authentication: authentication) == nil)
        // On no curve.
        var other = point
        other[64] ^= 1
        #expect(SubscriptionKeys(publicKey: other, authentication: authentication) == nil)
        // Compressed.
        let compressed = [UInt8(2)] + point[1..<33]
        #expect(SubscriptionKeys(publicKey: compressed, authentication: authentication) == nil)
        let zero = [UInt8(4)] + [UInt8](repeating: 0, count: 64)
        #expect(SubscriptionKeys(publicKey: zero, authentication: authentication) == nil)
    }

    @Test func `a key pair comes back from its private key`() throws {
        let pair = try P256KeyPair.make()
        let again = try #require(P256KeyPair(privateKey: try pair.privateKey()))
        #expect(again.publicKey == pair.publicKey)
        var zero = [UInt8](repeating: 0, count: 32)
        #expect(P256KeyPair(privateKey: Secret(taking: &zero)) == nil)
        var tooLarge = [UInt8](repeating: 0xff, count: 32)
        #expect(P256KeyPair(privateKey: Secret(taking: &tooLarge)) == nil)
        var short = [UInt8](repeating: 1, count: 31)
        #expect(P256KeyPair(privateKey: Secret(taking: &short)) == nil)
    }

    @Test func `a token names the service the time and the contact`() throws {
        let vapid = VAPID(key: try P256KeyPair.make(), contact: "mailto:a@example.org")
        let field = try vapid.authorization(for: "https://push.example", now: 1_000)
        let parts = field.split(separator: ",")
        #expect(parts.last == " k=\(vapid.publicKey)")
        let token = try #require(parts.first).dropFirst("vapid t=".count).split(separator: ".")
        #expect(token.count == 3)
        #expect(
            text(token[0]) == #"{"typ":"JWT","alg":"ES256"}"#)
        #expect(
            text(token[1])
                == #"{"aud":"https://push.example","exp":44200,"sub":"mailto:a@example.org"}"#)
        #expect(bytes(String(token[2])).count == 64)
    }

    private func text(_ part: Substring) -> String {
        String(decoding: bytes(String(part)), as: UTF8.self)
    }

    private func bytes(_ text: String) -> [UInt8] {
        Base64.decodeURL(text.utf8.span) ?? []
    }

    private func secret(_ text: String) -> Secret {
        var bytes = bytes(text)
        return Secret(taking: &bytes)
    }
}

import Program
import Testing

@testable import Cipher

struct AES256GCMTests {
    @Test(arguments: [0, 1, 15, 16, 17, 255, 4096, 1 << 20])
    func `what was sealed opens again`(size: Int) throws {
        let cipher = try AES256GCM(key: key(1))
        let plaintext = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let context = Array("a-b-c".utf8)
        let content = try cipher.seal(plaintext.span, context: context.span)
        #expect(content.count == size + 28)
        #expect(cipher.open(content.span, context: context.span) == plaintext)
        #expect(try AES256GCM(key: key(2)).open(content.span, context: context.span) == nil)
    }

    @Test func `a hundred thousand seals have a hundred thousand nonces`() throws {
        let cipher = try AES256GCM(key: key(1))
        let (plaintext, context) = ([UInt8]("same".utf8), [UInt8]())
        var nonces = Set<[UInt8]>()
        for _ in 0..<100_000 {
            let content = try cipher.seal(plaintext.span, context: context.span)
            nonces.insert(Array(content.prefix(AES256GCM.nonceBytes)))
        }
        #expect(nonces.count == 100_000)
    }

    @Test func `a flipped bit anywhere is not authentic`() throws {
        let cipher = try AES256GCM(key: key(1))
        let (plaintext, context) = (Array("some plaintext".utf8), Array("context".utf8))
        let content = try cipher.seal(plaintext.span, context: context.span)
        for bit in 0..<content.count * 8 {
            var tampered = content
            tampered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(cipher.open(tampered.span, context: context.span) == nil, "bit \(bit)")
        }
        for bit in 0..<context.count * 8 {
            var other = context
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(cipher.open(content.span, context: other.span) == nil, "context bit \(bit)")
        }
        // The contexts of OpenSSL are as good after all those refusals as before.
        #expect(cipher.open(content.span, context: context.span) == plaintext)
    }

    @Test func `a content cut at any byte is not authentic, nor is a longer one`() throws {
        let cipher = try AES256GCM(key: key(1))
        let (plaintext, context) = (Array("some plaintext".utf8), [UInt8]())
        let content = try cipher.seal(plaintext.span, context: context.span)
        for end in 0..<content.count {
            #expect(cipher.open(Array(content[..<end]).span, context: context.span) == nil)
            #expect(cipher.open(Array(content[(end + 1)...]).span, context: context.span) == nil)
        }
        #expect(cipher.open((content + [0]).span, context: context.span) == nil)
    }

    @Test func `bytes cannot move between content and context`() throws {
        let cipher = try AES256GCM(key: key(1))
        let (one, two) = (Array("ab".utf8), Array("a".utf8))
        let content = try cipher.seal([UInt8]().span, context: one.span)
        #expect(cipher.open(content.span, context: two.span) == nil)
        #expect(cipher.open(content.span, context: [UInt8]().span) == nil)
        #expect(cipher.open(content.span, context: one.span) == [])
    }

    @Test func `the self-test passes here`() throws {
        try SelfTest.standard.run()
    }

    @Test func `a cipher that answers otherwise fails the self-test, saying why`() {
        let standard = SelfTest.standard
        let wrong = [
            SelfTest(
                key: standard.key, nonce: standard.nonce, plaintext: "00" + standard.plaintext,
                context: standard.context, content: standard.content),
            SelfTest(
                key: standard.key, nonce: standard.nonce, plaintext: standard.plaintext,
                context: standard.context + "00", content: standard.content),
        ]
        for test in wrong {
            let failure = #expect(throws: StartFailure.self) { try test.run() }
            #expect(failure?.description.contains("failed its self-test (seal does not") == true)
        }
    }

    @Test func `digests are the published ones`() {
        // FIPS 180-4's "abc", RFC 4231's test case 2.
        #expect(
            Digest.sha256(Array("abc".utf8).span)
                == [UInt8](hex: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        var jefe = Array("Jefe".utf8)
        #expect(
            Digest.hmac(
                Secret(taking: &jefe), Array("what do ya want for nothing?".utf8).span)
                == [UInt8](hex: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
    }
}

import Cryptography
import TestSupport
import Testing

struct AES256GCMTests {
    @Test(arguments: [0, 1, 15, 16, 17, 255, 4096, 1 << 20])
    func `a sealed plaintext opens again`(size: Int) throws {
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

    /// McGrew and Viega, "The Galois/Counter Mode of Operation" (2005), appendix B, test cases 13
    /// to 16. NIST SP 800-38D rests on that paper.
    @Test(arguments: [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "000000000000000000000000", "00000000000000000000000000000000", "",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            "",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                + "b094dac5d93471bdec1a502270e3cc6c"
        ),
        (
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            "cafebabefacedbaddecaf888",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ])
    func `a content is the published one`(
        key: String, nonce: String, plaintext: String, context: String, content: String
    ) throws {
        var keyBytes = [UInt8](hex: key)
        let cipher = try AES256GCM(key: Secret(taking: &keyBytes))
        let (nonce, context) = ([UInt8](hex: nonce), [UInt8](hex: context))
        let (plaintext, content) = ([UInt8](hex: plaintext), nonce + [UInt8](hex: content))
        let sealed = try cipher.seal(plaintext.span, context: context.span, nonce: nonce.span)
        #expect(sealed == content)
        #expect(cipher.open(content.span, context: context.span) == plaintext)
    }

    private func key(_ byte: UInt8) -> Secret {
        var bytes = [UInt8](repeating: byte, count: AES256GCM.keyBytes)
        return Secret(taking: &bytes)
    }
}

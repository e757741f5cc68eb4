import Cryptography
import TestSupport
import Testing

struct SHA256Tests {
    /// FIPS 180-4's examples, as NIST publishes them.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `a digest is the published one`(message: String, digest: String) {
        #expect(SHA256.digest(of: Array(message.utf8).span) == [UInt8](hex: digest))
    }
}

struct HMACSHA256Tests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let key: [UInt8]
        let message: [UInt8]
        let code: String
        var testDescription: String { name }
    }

    /// RFC 4231, but for §4.6, whose code is cut.
    static let vectors = [
        Vector(
            name: "§4.2", key: [UInt8](repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            name: "§4.3", key: Array("Jefe".utf8),
            message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            name: "§4.4", key: [UInt8](repeating: 0xaa, count: 20),
            message: [UInt8](repeating: 0xdd, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            name: "§4.5", key: Array(1...25), message: [UInt8](repeating: 0xcd, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            name: "§4.7", key: [UInt8](repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            name: "§4.8", key: [UInt8](repeating: 0xaa, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than "
                    + "block-size data. The key needs to be hashed before being used by the "
                    + "HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors) func `a code is that of RFC 4231`(vector: Vector) {
        var key = vector.key
        let code = HMACSHA256.code(of: vector.message.span, key: Secret(taking: &key))
        #expect(code == [UInt8](hex: vector.code))
    }

    @Test func `an empty key is a key`() {
        var key: [UInt8] = []
        // Python's hmac.new(b"", b"abc", "sha256").
        #expect(
            HMACSHA256.code(of: Array("abc".utf8).span, key: Secret(taking: &key))
                == [UInt8](hex: "fd7adb152c05ef80dccf50a1fa4c05d5a3ec6da95575fc312ae7c5d091836351"))
    }
}

struct HKDFSHA256Tests {
    struct Vector: CustomTestStringConvertible {
        let name: String
        let secret: [UInt8]
        let salt: [UInt8]
        let info: [UInt8]
        let output: String
        var testDescription: String { name }
    }

    /// RFC 5869, appendix A.
    static let vectors = [
        Vector(
            name: "A.1", secret: [UInt8](repeating: 0x0b, count: 22), salt: Array(0x00...0x0c),
            info: Array(0xf0...0xf9),
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
                + "34007208d5b887185865"),
        Vector(
            name: "A.2", secret: Array(0x00...0x4f), salt: Array(0x60...0xaf),
            info: Array(0xb0...0xff),
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        Vector(
            name: "A.3", secret: [UInt8](repeating: 0x0b, count: 22), salt: [], info: [],
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
                + "9d201395faa4b61a96c8"),
    ]

    @Test(arguments: vectors) func `a derived key is that of RFC 5869`(vector: Vector) {
        var bytes = vector.secret
        let expected = [UInt8](hex: vector.output)
        let key = HKDFSHA256.key(
            from: Secret(taking: &bytes), salt: vector.salt.span, info: vector.info.span,
            count: expected.count)
        let isExpected = key.equals(expected.span)
        #expect(isExpected)
    }

    @Test func `a shorter key is the beginning of the longest`() {
        func key(_ count: Int) -> [UInt8] {
            var bytes = Array("a secret".utf8)
            return HKDFSHA256.key(
                from: Secret(taking: &bytes), salt: [UInt8]().span, info: [UInt8]().span,
                count: count
            ).withBytes { $0.withUnsafeBufferPointer { Array($0) } }
        }
        let longest = key(HKDFSHA256.bytesMax)
        #expect(longest.count == 8160)
        for count in [1, 31, 32, 33, 64, 8159] {
            #expect(key(count) == Array(longest.prefix(count)), "\(count)")
        }
    }
}

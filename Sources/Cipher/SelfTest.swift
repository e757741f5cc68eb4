import Cryptography
import Encoding
import Program

/// The known-answer test before the first request. A library that seals wrongly, or opens a
/// forged content, never sees a message.
struct SelfTest {
    let key: String
    let nonce: String
    let plaintext: String
    let context: String
    let content: String

    /// Test case 16 of "The Galois/Counter Mode of Operation" (McGrew and Viega, 2005, appendix B),
    /// on which NIST SP 800-38D rests.
    static let standard = SelfTest(
        key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        nonce: "cafebabefacedbaddecaf888",
        plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        context: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        content: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            + "76fc6ece0f4e1768cddf8853bb2d551b")

    /// Throws a failure that names the failed step.
    func run() throws(StartFailure) {
        do {
            try check()
        } catch {
            throw StartFailure(
                "AES-256-GCM failed its self-test (\(error.step)): OpenSSL on this machine is not "
                    + "to be trusted with a key; replace it")
        }
    }

    private struct Failure: Error {
        let step: String
    }

    private func check() throws(Failure) {
        guard var keyBytes = Hex.decode(key), let nonce = Hex.decode(nonce),
            let plaintext = Hex.decode(plaintext), let context = Hex.decode(context),
            let content = Hex.decode(content)
        else { preconditionFailure("the known answer is not hexadecimal") }
        let expected = nonce + content
        do {
            let cipher = try AES256GCM(key: Secret(taking: &keyBytes))
            let sealed = try cipher.seal(plaintext.span, context: context.span, nonce: nonce.span)
            try expect(sealed == expected, "seal does not give the known answer")
            let opened = cipher.open(expected.span, context: context.span)
            try expect(opened == plaintext, "open does not give the known plaintext")
            var tampered = expected
            tampered[tampered.count - 1] ^= 1
            let forged = cipher.open(tampered.span, context: context.span)
            try expect(forged == nil, "a tampered tag is accepted")
            let unbound = cipher.open(expected.span, context: [UInt8]().span)
            try expect(unbound == nil, "another context is accepted")
            let draws = (try RandomBytes.make(32), try RandomBytes.make(32))
            try expect(draws.0 != draws.1, "random bytes repeat")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(step: "\(error)")
        }
    }

    private func expect(_ isTrue: Bool, _ step: String) throws(Failure) {
        if !isTrue { throw Failure(step: step) }
    }
}

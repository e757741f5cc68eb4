import Program
import Testing

@testable import Cipher

struct SelfTestTests {
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
}

import Testing

@testable import Encoding

struct NormalizationFormCTests {
    @Test(arguments: [
        ("e\u{301}", "\u{E9}"), ("A\u{30A}", "\u{C5}"), ("\u{212B}", "\u{C5}"),
        ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("a\u{316}\u{301}", "\u{E1}\u{316}"),
        ("a\u{301}\u{316}", "\u{E1}\u{316}"),
    ])
    func `a text that can be composed is`(typed: String, composed: String) {
        #expect(NormalizationFormC.changed(ByteText(typed)) == ByteText(composed))
        #expect(NormalizationFormC.changed(ByteText(composed)) == nil)
    }

    @Test func `a text that is composed, plain or too long stays as it is`() {
        #expect(NormalizationFormC.changed("kata sandi") == nil)
        #expect(NormalizationFormC.changed("") == nil)
        let long = "e" + String(repeating: "\u{301}", count: 30_000)
        #expect(NormalizationFormC.changed(ByteText(long)) == nil)
    }
}

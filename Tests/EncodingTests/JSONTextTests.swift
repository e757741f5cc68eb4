import Testing

@testable import Encoding

@Suite struct JSONTextTests {
    private static let texts = [
        "", "plain", "é 漢字 🎉", "quote \" and \\ backslash", "line\nend", "nul \0", "\u{7F}\u{2028}",
    ]

    private func found(_ json: String) throws(JSONFault) -> JSONText {
        let bytes = Array(json.utf8)
        var scanner = JSONScanner()
        return try JSONText(try scanner.rawString(in: bytes.span), inUTF8: bytes)
    }

    @Test(arguments: texts)
    func `a text goes from one document into another`(text: String) throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("text", text)
        writer.endObject()
        let first = writer.bytes
        var scanner = JSONScanner(at: 8)
        let taken = try JSONText(try scanner.rawString(in: first.span), inUTF8: first)
        var second = JSONWriter()
        second.beginObject()
        second.field("text", taken)
        second.endObject()
        #expect(second.bytes == first)
        #expect(taken.text == ByteText(text))
        #expect(Array(taken.utf8) == Array(text.utf8))
        #expect(taken == JSONText(ByteText(text)) && JSONText(utf8: Array(text.utf8)) == taken)
    }

    @Test func `texts with the same meaning are equal, and no others`() throws {
        #expect(try found(#""a\u0062c\/""#) == JSONText("abc/"))
        #expect(try found(#""\u000a""#) == JSONText("\n"))
        #expect(JSONText("e\u{301}") != JSONText("é"))
        #expect(JSONText("a") != JSONText("ab"))
        #expect(JSONText("").isEmpty && !JSONText("\0").isEmpty)
    }

    @Test(arguments: [#""\q""#, #""\u12""#, #""\ud800""#, #""ends\""#, "\"tab\t\""])
    func `bytes that are no text are refused`(json: String) {
        #expect(throws: JSONFault.self) { try found(json) }
    }

    @Test func `bytes that are not UTF-8 are no text`() {
        #expect(JSONText(utf8: [0x61, 0xFF]) == nil)
    }
}

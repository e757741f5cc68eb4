import Testing

@testable import Encoding

@Suite struct JSONScannerTests {
    @Test(arguments: [
        ("name", nil, 4), ("nameless", nil, 4), ("nome", 1, 0), ("xame", 0, 0), ("namx", 3, 0),
    ])
    func `a literal is stepped over whole, or not at all`(text: String, wrong: Int?, end: Int) {
        let bytes = Array(text.utf8)
        var scanner = JSONScanner()
        let isThere = scanner.skip("name", in: bytes.span)
        #expect(isThere == (wrong == nil))
        #expect(scanner.offset == end)
        scanner.offset = 0
        do {
            try scanner.expect("name", in: bytes.span)
            #expect(wrong == nil && scanner.offset == end)
        } catch {
            #expect(error == JSONFault(offset: wrong ?? -1, problem: .unexpectedByte))
        }
    }

    @Test func `a literal that is cut off is not there`() {
        for text in ["", "n", "nam"] {
            let bytes = Array(text.utf8)
            var scanner = JSONScanner()
            let isThere = scanner.skip("name", in: bytes.span)
            #expect(!isThere)
            #expect(throws: JSONFault(offset: 0, problem: .endTooSoon)) {
                try scanner.expect("name", in: bytes.span)
            }
        }
    }

    @Test(arguments: [
        (#""""#, "", true), (#""plain é""#, "plain é", true), (#""a\nb""#, "a\nb", false),
        (#""\"""#, "\"", false), (#""long enough, and \u0041""#, "long enough, and A", false),
    ])
    func `a string says whether its bytes are its text`(
        json: String, text: String, isPlain: Bool
    ) throws {
        let bytes = Array(json.utf8)
        var scanner = JSONScanner()
        let raw = try scanner.rawString(in: bytes.span)
        #expect(scanner.offset == bytes.count)
        #expect(raw.isPlain == isPlain)
        #expect(try raw.text(in: bytes.span) == ByteText(text))
    }
}

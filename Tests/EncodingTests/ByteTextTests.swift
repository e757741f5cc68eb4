import Testing

@testable import Encoding

struct ByteTextTests {
    @Test func `texts are equal by their bytes and not by their look`() {
        let (composed, decomposed) = ("\u{E9}", "e\u{301}")
        #expect(composed == decomposed, "as a String they are the same")
        #expect(ByteText(composed) != ByteText(decomposed))
        #expect(Set([ByteText(composed), ByteText(decomposed)]).count == 2)
        #expect(ByteText("budi") == "budi" && ByteText("budi") != "Budi")
    }

    @Test func `names fold scalar by scalar`() {
        #expect(ByteText("Budi_9").caseFolded == "budi_9")
        #expect(ByteText("ÉMILE Ω").caseFolded == "émile ω")
        #expect(ByteText("ÉMILE").asciiLowercased == "Émile")
        #expect(ByteText("İ").caseFolded == "i\u{307}", "the mapping may have two scalars")
    }

    @Test func `every scalar folds as Unicode maps it`() {
        for number in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(number) else { continue }
            let folded = ByteText("\u{80}\(scalar)").caseFolded
            let mapped = ByteText("\u{80}\(scalar.properties.lowercaseMapping)")
            if folded != mapped { Issue.record("U+\(String(number, radix: 16))") }
        }
    }

    @Test func `ends are cut by bytes`() {
        #expect(ByteText("/api/x").droppingFirst(4) == "/x")
        #expect(ByteText("/a").droppingFirst(9) == "")
        #expect(ByteText("host:80").droppingSuffix(":80") == "host")
        #expect(ByteText("host:8080").droppingSuffix(":80") == "host:8080")
        #expect(ByteText("80").droppingSuffix(":80") == "80")
        #expect(ByteText("/api/").hasPrefix("/api/") && !ByteText("/api").hasPrefix("/api/"))
    }

    @Test func `a part is found wherever it stands`() {
        for part in ["", "text", "html", "/", "text/html"] as [ByteText] {
            #expect(ByteText("text/html").contains(part))
        }
        #expect(!ByteText("text/html").contains("html5") && !ByteText("").contains("a"))
        #expect(ByteText("").contains(""))
    }

    @Test func `white space around is trimmed`() {
        #expect(ByteText(" \n\u{3000}a b\t").trimmed == "a b")
        #expect(ByteText("\u{2003} ").trimmed.isEmpty)
    }

    @Test func `bytes that are not UTF-8 are repaired`() {
        #expect(ByteText(repairing: [0x61, 0xFF, 0x62].span) == "a\u{FFFD}b")
    }

    @Test func `parts and blanks of a field are found`() {
        var parts: [String] = []
        let field = Array(" a ,,\tb".utf8)
        let none: Bool? = field.span.firstPart(separatedBy: UInt8(ascii: ",")) { part in
            let range = part.withoutBlanks(part.indices)
            parts.append(ByteText(repairing: part.extracting(range)).string)
            return nil
        }
        #expect(none == nil && parts == ["a", "", "b"])
        for (value, isSame) in [("TEXT/x", true), ("text/xy", false), ("text-x", false)] {
            let isEqual = value.utf8.span.equalsIgnoringCase("text/x")
            #expect(isEqual == isSame)
        }
    }
}

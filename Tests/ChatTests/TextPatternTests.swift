import Encoding
import Testing

@testable import Chat

@Suite struct TextPatternTests {
    @Test(arguments: [
        ("halo", "Halo, apa kabar?"), ("APA", "Halo, apa kabar?"), ("?", "Halo, apa kabar?"),
        ("cafe", "di Café itu"), ("cafe", "di Cafe\u{301} itu"), ("café", "di CAFE\u{301} itu"),
        ("CAFÉ", "di café itu"), ("straße", "STRAẞE"), ("ΣΊΣΥΦΟΣ", "ο σίσυφος"),
        ("σισυφος", "Ο ΣΊΣΥΦΟΣ"), ("istanbul", "İstanbul"), ("йод", "ЙОД"), ("иод", "йод"),
        ("nguyen", "Nguyễn"), ("ế", "ê\u{301}"), ("ệ", "ê\u{323}"), ("ê\u{323}", "ệ"),
        ("한", "한국어"), ("👩‍🚀", "seorang 👩‍🚀 di bulan"), ("a\nb", "xa\nby"), (" ", "dua kata"),
        ("aab", "aaaaaab"), ("abab", "abacabab"), ("שלום", "שָׁלוֹם"), ("が", "ガが"),
        ("\u{301}\u{301}", "e\u{301}\u{301}"),
    ])
    func `a query is found whatever its case and its form`(query: String, text: String) throws {
        let pattern = try #require(TextPattern(ByteText(query)))
        #expect(pattern.isFound(in: text.utf8))
    }

    @Test(arguments: [
        ("halo!", "Halo, apa kabar?"), ("café", "di cafe itu"), ("cafè", "di café itu"),
        ("が", "か"), ("か", "が"), ("aab", "abab"), ("halo", ""), ("ab", "a"), ("i", "ı"),
        ("ée", "éé"),
    ])
    func `what is not there is not found`(query: String, text: String) throws {
        let pattern = try #require(TextPattern(ByteText(query)))
        #expect(!pattern.isFound(in: text.utf8))
    }

    /// The number of folded scalars is what a search costs.
    @Test func `hostile text costs its length`() throws {
        let marks = String(repeating: "\u{301}\u{323}\u{344}", count: 1_365)
        for text in [marks, "e" + marks, String(repeating: "\u{1F82}", count: 4_096)] {
            for query in [String(repeating: "\u{344}", count: 100), "a", "é"] {
                let pattern = try #require(TextPattern(ByteText(query)))
                _ = pattern.isFound(in: text.utf8)
                var count = 0
                TextFolding(for: ByteText(query)).forEach(in: text.utf8) { _ in
                    count += 1
                    return true
                }
                #expect(count <= 4 * text.unicodeScalars.count)
            }
        }
        let repeated = try #require(TextPattern(ByteText(String(repeating: "a", count: 99) + "b")))
        #expect(!repeated.isFound(in: String(repeating: "a", count: 16_384).utf8))
    }

    @Test func `a found text is read no further`() {
        var count = 0
        TextFolding(for: "a").forEach(in: "xxaxxxx".utf8) { scalar in
            count += 1
            return scalar != "a"
        }
        #expect(count == 3)
    }

    @Test func `a text of nothing but what is left out has no pattern`() {
        #expect(TextPattern("") == nil)
    }
}

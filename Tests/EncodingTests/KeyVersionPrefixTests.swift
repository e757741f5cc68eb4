import Encoding
import Testing

@Suite struct KeyVersionPrefixTests {
    @Test(
        arguments: [
            ("v1:", 1, 3), ("v1:AAAA", 1, 3), ("v12:v3:", 12, 4), ("v999999999:x", 999_999_999, 11),
        ] as [(ByteText, Int, Int)])
    func `it is read`(content: ByteText, version: Int, byteCount: Int) {
        let prefix = KeyVersionPrefix(of: content.utf8.span)
        #expect(prefix?.version == version && prefix?.byteCount == byteCount)
    }

    @Test(
        arguments: [
            "", "v", "v:", "v1", "v01:", "v0:", "V1:", " v1:", "v1 :", "v-1:", "v+1:", "v1a:",
            "v1000000000:x", "v99999999999999999999:", "AAAA", "v1;", "v١:",
        ] as [ByteText])
    func `nothing else is one`(content: ByteText) {
        #expect(KeyVersionPrefix(of: content.utf8.span) == nil)
    }
}

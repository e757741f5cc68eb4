import Encoding
import Testing

@Suite struct SipHashTests {
    /// From the reference implementation's table: of the bytes 0, 1, 2, …, under the key 0, 1, …,
    /// 15, by the number of words.
    private static let vectors: [UInt64] = [
        0x726f_db47_dd0e_0e31, 0x93f5_f579_9a93_2462, 0x3f2a_cc7f_57c2_9bdb,
    ]

    @Test(arguments: vectors.indices)
    func `it is the hash of the reference`(wordCount: Int) {
        var hash = SipHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
        for word in 0..<wordCount {
            let first = UInt64(word) * 0x0808_0808_0808_0808
            hash.combine(0x0706_0504_0302_0100 &+ first)
        }
        #expect(hash.finalize() == Self.vectors[wordCount])
    }

    @Test func `byte strings that differ in where they end have different hashes`() {
        func hash(_ texts: ByteText...) -> UInt64 {
            var hash = SipHash()
            for text in texts { hash.combine(text.utf8.span) }
            return hash.finalize()
        }
        let texts: [[ByteText]] = [
            ["", ""], ["a", ""], ["", "a"], ["ab", "c"], ["a", "bc"], ["12345678", "9"],
            ["1234567", "89"], ["123456789", ""], ["12345678\0", ""],
        ]
        let hashes = texts.map { hash($0[0], $0[1]) }
        #expect(Set(hashes).count == texts.count)
    }
}

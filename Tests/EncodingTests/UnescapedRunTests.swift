import TestSupport
import Testing

@testable import Encoding

@Suite struct UnescapedRunTests {
    @Test func `it ends at the first special byte wherever that stands`() {
        for special in (0...UInt8.max).filter(UnescapedRun.isSpecial) {
            for length in 0..<20 {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    bytes[place] = special
                    #expect(UnescapedRun.end(in: bytes.span, from: 0) == place)
                }
            }
        }
    }

    @Test func `it is what looking at one byte after the other finds`() {
        var random = SeededGenerator()
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            // Mostly neighbours of special bytes, with and without their high bit.
            let near: [UInt8] = [0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F]
            let bytes = (0..<count).map { _ in
                let byte = near.randomElement(using: &random) ?? 0
                return Bool.random(using: &random) ? byte | 0x80 : byte ^ UInt8.random(in: 0...1)
            }
            let start = Int.random(in: 0...count, using: &random)
            let expected = bytes[start...].firstIndex(where: UnescapedRun.isSpecial) ?? count
            #expect(
                UnescapedRun.end(in: bytes.span, from: start) == expected, "\(bytes) from \(start)")
        }
    }
}

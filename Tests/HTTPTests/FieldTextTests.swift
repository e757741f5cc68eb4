import Testing
import TestSupport

@testable import HTTP

@Suite struct FieldTextTests {
    @Test func `a value ends at the first invalid byte, at any place`() {
        for byte in UInt8.min ... .max {
            for length in 1..<20 {
                for place in 0..<length {
                    var bytes = [UInt8](repeating: UInt8(ascii: "a"), count: length)
                    bytes[place] = byte
                    let expected = byte.isFieldText ? length : place
                    #expect(FieldText.end(in: bytes.span, from: 0) == expected)
                }
            }
        }
    }

    @Test func `the result is the same as of a search byte by byte`() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        // Mostly bytes next to those that end a value, with and without the high bit.
        let near: [UInt8] = [0x00, 0x08, 0x09, 0x0A, 0x1F, 0x20, 0x21, 0x7E, 0x7F, 0x61]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...40, using: &random)
            let bytes = (0..<count).map { _ in
                let byte = near.randomElement(using: &random) ?? 0
                return Int.random(in: 0..<4, using: &random) == 0 ? byte : byte | 0x80
            }
            let start = Int.random(in: 0...count, using: &random)
            let expected = bytes[start...].firstIndex { !$0.isFieldText } ?? count
            #expect(
                FieldText.end(in: bytes.span, from: start) == expected,
                "\(bytes) from \(start), seed \(seed)")
        }
    }
}

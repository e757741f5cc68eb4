import Encoding
import TestSupport
import Testing

@testable import Chat

/// Properties that hold for whatever text somebody sends.
struct HostileTextTests {
    /// Scalars that have broken somebody's software, and their neighbours.
    private static let odd: [ClosedRange<UInt32>] = [
        0x00...0x20, 0x7F...0xA0, 0x300...0x30F, 0x200B...0x200F, 0x2028...0x202E,
        0x2060...0x206F, 0xD7F0...0xD7FF, 0xE000...0xE00F, 0xFDCF...0xFDF0, 0xFE00...0xFE0F,
        0xFEFF...0xFEFF, 0xFFF0...0xFFFF, 0x1F1E6...0x1F1FF, 0x1FFFD...0x20001,
        0xE0000...0xE007F, 0x10FFF0...0x10FFFF,
    ]

    private static func text(_ random: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...60, using: &random) {
            let range = Bool.random(using: &random) ? odd.randomElement(using: &random) : nil
            let value = UInt32.random(in: range ?? 0x20...0x2FFF, using: &random)
            if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
        }
        return text
    }

    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" || scalar == "\t" { return true }
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        let isNoCharacter =
            (0xFDD0...0xFDEF).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE
        return !isControl && !isNoCharacter
    }

    @Test func `a cleaned message holds no control, and cleaning it again changes nothing`() throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let raw = Self.text(&random)
            guard let cleaned = try? MessageText(sanitising: ByteText(raw)) else { continue }
            #expect(cleaned.text.string.unicodeScalars.allSatisfy(Self.mayStand), "seed \(seed)")
            #expect(!cleaned.text.isEmpty, "seed \(seed)")
            let again = try MessageText(sanitising: cleaned.text)
            #expect(again.text.utf8.elementsEqual(cleaned.text.utf8), "seed \(seed)")
        }
    }

    @Test func `what is taken out of a message is all that is missing from it`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let raw = "a" + Self.text(&random) + "z"
            let kept = raw.unicodeScalars.filter(Self.mayStand)
            let cleaned = try MessageText(sanitising: ByteText(raw)).text
            #expect(Array(kept) == Array(cleaned.string.unicodeScalars), "seed \(seed)")
        }
    }

    @Test func `a name that is taken holds allowed letters alone`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-".utf8)
        for _ in 0..<5_000 {
            let name =
                Bool.random(using: &random) ? Self.text(&random) : "budi" + Self.text(&random)
            let isAllowed =
                (3...32).contains(name.utf8.count) && name.utf8.allSatisfy(allowed.contains)
            #expect((Username(ByteText(name)) != nil) == isAllowed, "seed \(seed)")
        }
    }
}

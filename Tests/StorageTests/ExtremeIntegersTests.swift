import Glibc
import Testing
import TestSupport

@testable import Storage

/// Random extremes in the place of every integer that a store's files hold. A trap would end the
/// test run, with the seed as its last line.
@Suite struct ExtremeIntegersTests {
    private static let extremes: [String] = [
        "0", "-0", "1", "-1", "2", "1000", "4294967295", "4294967296", "9007199254740990",
        "9007199254740991", "9007199254740992", "9223372036854775806", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "-9223372036854775809",
        "18446744073709551615", "1e400", "-1e400", "1e18", "0.5",
        "340282366920938463463374607431768211456",
    ]

    /// Returns the ranges of integers outside of strings.
    private static func integers(in text: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var isInString = false
        var start: Int?
        for (index, byte) in text.enumerated() {
            let isDigit = byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-")
            if isDigit, !isInString, start == nil { start = index }
            if !isDigit, let first = start {
                found.append(first..<index)
                start = nil
            }
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
        }
        return found
    }

    private static func changed(_ text: String, using random: inout SeededGenerator) -> String {
        var bytes = Array(text.utf8)
        guard let place = integers(in: bytes).randomElement(using: &random),
            let value = extremes.randomElement(using: &random)
        else { return text }
        bytes.replaceSubrange(place, with: value.utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func forge(using random: inout SeededGenerator, isFolded: Bool) -> ForgedStore {
        var forged = isFolded ? ForgedStore.folded : ForgedStore.sample
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            if isFolded || Bool.random(using: &random) {
                forged.snapshot = changed(forged.snapshot, using: &random)
            } else {
                let line = Int.random(in: forged.lines.indices, using: &random)
                forged.lines[line] = changed(forged.lines[line], using: &random)
            }
        }
        return forged
    }

    /// So that a trap leaves the seed behind.
    private static func tell(_ seed: UInt64) {
        print("extreme integers: seed \(seed)")
        fflush(nil)
    }

    @Test(arguments: [1, 2, 3, UInt64.random(in: 0..<1_000_000)])
    func `no integer in the files of a store ends the process`(seed: UInt64) throws {
        Self.tell(seed)
        try onLoop { loop in
            var random = SeededGenerator(seed: seed)
            var opened = 0
            for _ in 0..<100 {
                var exercise = Exercise(loop)
                try await exercise.run(try Self.forge(using: &random, isFolded: false).disk())
                if exercise.did("open") { opened += 1 }
            }
            // Both kinds were met, or this shows nothing.
            #expect((1..<100).contains(opened), "seed \(seed)")
        }
    }

    @Test(arguments: [1, 2, 3, UInt64.random(in: 0..<1_000_000)])
    func `no integer in an edited file ends the process`(seed: UInt64) throws {
        Self.tell(seed)
        try onLoop { loop in
            var random = SeededGenerator(seed: seed)
            var accepted = 0
            for _ in 0..<100 {
                var exercise = Exercise(loop)
                try await exercise.accept(try Self.forge(using: &random, isFolded: true).disk())
                if exercise.did("accept") { accepted += 1 }
            }
            #expect((1..<100).contains(accepted), "seed \(seed)")
        }
    }
}

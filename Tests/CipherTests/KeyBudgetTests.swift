import CipherAPI
import Encoding
import Glibc
import Logging
import Program
import RateLimit
import TestSupport
import Testing

@testable import Cipher

struct KeyBudgetTests {
    private let limits = KeyBudget.SealLimits(warning: 6, most: 10, step: 4)

    private func spend(_ budget: KeyBudget, _ times: Int) throws {
        for _ in 0..<times { try budget.countSeal("one") }
    }

    @Test func `a key seals as often as it may and not once more`() throws {
        try TemporaryFolder.with { folder in
            let budget = try budget(folder, limits: limits)
            try spend(budget, 10)
            #expect(budget.sealCount(of: "one") == 10)
            #expect(throws: CipherFault.self) { try budget.countSeal("one") }
            try budget.countSeal("another")
        }
    }

    @Test func `a crash can only make the count too high`() throws {
        try TemporaryFolder.with { folder in
            try spend(try budget(folder, limits: limits), 5)
            let next = try budget(folder, limits: limits)
            #expect(next.sealCount(of: "one") == 8)
            try spend(next, 2)
            #expect(throws: CipherFault.self) { try next.countSeal("one") }
        }
    }

    @Test func `a clean end hands back what was not used`() throws {
        try TemporaryFolder.with { folder in
            let first = try budget(folder, limits: limits)
            try spend(first, 5)
            first.releaseUnused()
            #expect(try budget(folder, limits: limits).sealCount(of: "one") == 5)
        }
    }

    @Test func `two processes never use the same part`() throws {
        try TemporaryFolder.with { folder in
            let (one, other) = (
                try budget(folder, limits: limits), try budget(folder, limits: limits)
            )
            try spend(one, 3)
            try spend(other, 4)
            one.releaseUnused()
            #expect(try budget(folder, limits: limits).sealCount(of: "one") == 7)
        }
    }

    @Test func `two processes together seal no more often than one`() throws {
        try TemporaryFolder.with { folder in
            let (one, other) = (
                try budget(folder, limits: limits), try budget(folder, limits: limits)
            )
            try spend(one, 4)
            try spend(other, 4)
            try spend(one, 2)
            #expect(throws: CipherFault.self) { try one.countSeal("one") }
            #expect(throws: CipherFault.self) { try other.countSeal("one") }
            #expect(try budget(folder, limits: limits).sealCount(of: "one") == 10)
        }
    }

    @Test func `a count that is taken away meanwhile is not forgotten`() throws {
        try TemporaryFolder.with { folder in
            let budget = try budget(folder, limits: limits)
            try spend(budget, 4)
            #expect(unlink("\(folder)/keys.json.spent") == 0)
            try spend(budget, 6)
            #expect(throws: CipherFault.self) { try budget.countSeal("one") }
        }
    }

    @Test func `a key whose count is lost seals nothing until it is counted as half used`() throws {
        try TemporaryFolder.with { folder in
            let path = "\(folder)/keys.json"
            let first = try budget(folder, limits: limits)
            try spend(first, 3)
            #expect(unlink(path + ".spent") == 0)
            let log = RateLimitedLog(.silent)
            let next = try KeyBudget(besideRing: path, limits: limits, log: log)
            #expect(throws: CipherFault.self) { try next.countSeal("one") }
            #expect(next.sealCount(of: "one") == nil)
            #expect(try KeyCountFile(besideRing: path).recount("one", sealsMax: limits.most))
            #expect(try !KeyCountFile(besideRing: path).recount("one", sealsMax: limits.most))
            #expect(throws: CipherFault.self) { try next.countSeal("one") }
            try next.reload(current: "one")
            try spend(next, 5)
            #expect(throws: CipherFault.self) { try next.countSeal("one") }
        }
    }

    @Test(arguments: ["", "[]", #"{"one":-1}"#, #"{"one":"1"}"#, #"{"one":1"#])
    func `a damaged count stops the start`(text: String) throws {
        try TemporaryFolder.with { folder in
            try TestFile.write(Array(text.utf8), to: "\(folder)/keys.json.spent")
            #expect(throws: StartFailure.self) { try budget(folder) }
        }
    }

    @Test func `a key that may seal no more still opens`() throws {
        try TemporaryFolder.with { folder in
            let ring = try #require(KeyRing([ringKey(1, .current)]))
            let few = KeyBudget.SealLimits(warning: 1, most: 1, step: 1)
            var sealer = try Sealer(ring, budget: budget(folder, limits: few))
            let sealed = try sealer.result(.encrypt, CipherItem(text: "satu", keyContext: "a"))
            let error = #expect(throws: CipherFault.self) {
                try sealer.result(.encrypt, CipherItem(text: "dua", keyContext: "a"))
            }
            #expect(error?.code == .keyExhausted)
            let opened = try sealer.result(.decrypt, CipherItem(text: sealed, keyContext: "a"))
            #expect(opened == "satu")
        }
    }
}

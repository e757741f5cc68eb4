import CipherAPI
import Encoding
import Glibc
import HTTP
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

    @Test func `several Ciphers of a ring together keep to what one key may seal`() throws {
        try TemporaryFolder.with { folder in
            let path = "\(folder)/keys.json"
            let text = "{\"one\":\(CipherLimits.sealsMax - 5)}"
            try TestFile.write(Array(text.utf8), to: path + ".spent")
            let second = try KeyBudget(
                besideRing: path, slot: 2, limits: limits, log: RateLimitedLog(.silent))
            try second.reload(current: "one")
            try spend(second, 5)
            #expect(throws: CipherFault.self) { try second.countSeal("one") }
            #expect(second.sealCount(of: "one") == limits.most)
            #expect(try KeyCountFile.readAll(besideRing: path)["one"] == CipherLimits.sealsMax)
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

    @Test func `a key at its bound is refused until a rotation`() throws {
        try withService(limits: KeyBudget.SealLimits(most: 3)) { service in
            func seal() async throws -> TestService.Answer {
                try await service.send(.post, "/encrypt", #"{"text":"x"}"#)
            }
            for _ in 0..<3 { #expect(try await seal().text.contains("v1:")) }
            let refused = try await seal()
            #expect(refused.status.code == 503)
            #expect(refused.code == "key_exhausted")
            let keys = try await service.vault.keys(now: 0).keys
            #expect(keys.map(\.spent) == [CipherLimits.sealsMax])
            _ = try await service.vault.change(.rotate)
            #expect(try await seal().text.contains("v2:"))
        }
    }

    @Test func `a vault counts a lost count by its own bound`() throws {
        try withService(limits: KeyBudget.SealLimits(most: 10)) { service in
            #expect(unlink(service.ringPath + ".spent") == 0)
            let recount = try ControlFields(
                Array(#"{"change":"recount","sealsMax":-5}"#.utf8).span
            ).change()
            #expect(try await service.vault.change(recount).hasPrefix("counted as half used"))
            let counts = try KeyCountFile(besideRing: service.ringPath).read()
            #expect(Array(counts.values) == [5])
        }
    }
}

@Suite(.serialized)
struct SealsMaxTests {
    @Test(arguments: [
        (Int?.none, String?.none, CipherLimits.sealsMax), (nil, "", CipherLimits.sealsMax),
        (nil, "7", 7), (1, "7", 1), (1 << 32, nil, 1 << 32),
    ])
    func `the bound is the option's, or the variable's`(
        option: Int?, variable: String?, most: Int64
    ) throws {
        try withVariable(variable) {
            var parsed = SealsMaxOption()
            parsed.sealsMax = option
            let limits = try parsed.limits()
            #expect(limits.most == most)
        }
    }

    @Test(arguments: [
        (Int?.some(0), String?.none), (-1, nil), (1 << 32 + 1, nil), (nil, "0"),
        (nil, "4294967297"), (nil, "viele"),
    ])
    func `a bound of none, and one beyond 2³², is refused`(option: Int?, variable: String?) throws {
        try withVariable(variable) {
            var parsed = SealsMaxOption()
            parsed.sealsMax = option
            #expect(throws: StartFailure.self) { try parsed.limits() }
        }
    }

    private func withVariable(_ text: String?, _ body: () throws -> Void) throws {
        if let text { setenv("CIPHER_SEALS_MAX", text, 1) }
        defer { unsetenv("CIPHER_SEALS_MAX") }
        try body()
    }
}

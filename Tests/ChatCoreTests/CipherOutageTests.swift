import Chat
import Encoding
import EventLoop
import HTTP
import Testing

@testable import ChatCore

@Suite struct CipherOutageTests {
    private static let other = VaultKey(version: 1, fingerprint: "ff", isCurrent: true)

    @Test func `Cipher's restart goes unnoticed where its keys are the same`() throws {
        try withCipher { house in
            for _ in 0..<3 {
                #expect(await house.sealFault() == nil)
                try await house.cipher.restart()
            }
            #expect(await house.sealFault() == nil)
            #expect(house.approvals.seen.count == 4)
        }
    }

    @Test func `nothing is sealed by a Cipher that came back with other keys`() throws {
        try withCipher { house in
            #expect(await house.sealFault() == nil)
            try await house.cipher.restart { $0.keys = [Self.other] }
            house.approvals.refuse(.otherKeys("another ring"))
            let before = house.cipher.now(\.batches).count
            #expect(await house.sealFault() == .otherKeys("another ring"))
            #expect(house.approvals.seen.last == [Self.other])
            // Not even asked to: the text stays here.
            #expect(house.cipher.now(\.batches).count == before)
        }
    }

    @Test func `a key that appears while connections stay is approved before its first use`() throws
    {
        let second = VaultKey(version: 2, fingerprint: "bb", isCurrent: true)
        try withCipher { house in
            #expect(await house.sealFault() == nil)
            house.cipher.change {
                $0.keys.append(second)
                $0.current = 2
            }
            let content = try await house.client.seal("x", context: "c")
            #expect(content == "v2:c|x")
            #expect(house.approvals.seen.last?.last == second)

            house.cipher.change { $0.current = 3 }
            house.approvals.refuse(.unavailable("cannot be noted"))
            #expect(await house.sealFault() == .unavailable("cannot be noted"))
        }
    }

    @Test func `after a failure all are told at once, until Cipher is back`() throws {
        try withCipher { house in
            try await house.cipher.stop()
            #expect(await house.sealFault() != nil)
            #expect(await house.sealFault() != nil)
            try await house.cipher.restart()
            try await house.loop.eventually { await house.sealFault() == nil }
        }
    }

    @Test func `a good look ends the pause`() throws {
        var limits = CipherClientLimits()
        limits.pauseMin = .seconds(3600)
        limits.pauseMax = .seconds(3600)
        try withCipher(limits: limits) { house in
            try await house.cipher.stop()
            let fault = await house.sealFault()
            #expect(fault != nil)
            try await house.cipher.restart()
            let paths = house.cipher.now(\.paths).count
            // And not encoded before, or it would be known to be too long.
            #expect(await house.sealFault(CipherClientTests.tooLong) == fault)
            #expect(house.cipher.now(\.paths).count == paths)
            _ = try await house.client.keys()
            #expect(await house.sealFault() == nil)
        }
    }

    @Test func `a failure is told to those who wait behind it too`() throws {
        var limits = CipherClientLimits()
        limits.answerTimeMax = .milliseconds(50)
        try withCipher(limits: limits) { house in
            house.cipher.change { $0.hangs = true }
            #expect(await house.seal(count: 100) == 0)
            #expect(house.cipher.now(\.batches).count <= 2)
        }
    }

    @Test func `pauses double to their longest and begin anew after a success`() {
        var limits = CipherClientLimits()
        limits.pauseMin = .milliseconds(50)
        limits.pauseMax = .milliseconds(150)
        var backoff = Backoff(limits)
        let fault = VaultFault.unavailable("x")
        var now = MonotonicTime(nanoseconds: 0)
        for pause in [50, 100, 150, 150] {
            backoff.failed(fault, at: now)
            backoff.failed(fault, at: now)
            #expect(backoff.fault(at: now + .milliseconds(pause - 1)) == fault)
            now = now + .milliseconds(pause)
            #expect(backoff.fault(at: now) == nil)
        }
        backoff.succeeded()
        backoff.failed(fault, at: now)
        #expect(backoff.fault(at: now + .milliseconds(50)) == nil)
    }
}

import Chat
import Encoding
import EventLoop
import HTTP
import Testing
import TestSupport

@testable import ChatCore

@Suite struct CipherOutageTests {
    private static let other = VaultKey(version: 1, fingerprint: "ff", isCurrent: true)

    @Test func `Cipher's restart goes unnoticed where its keys are the same`() throws {
        try withCipher { fixture in
            for _ in 0..<3 {
                #expect(await fixture.sealFault() == nil)
                try await fixture.cipher.restart()
            }
            #expect(await fixture.sealFault() == nil)
            #expect(fixture.approvals.seen.count == 4)
        }
    }

    @Test func `nothing is sealed by a Cipher that came back with other keys`() throws {
        try withCipher { fixture in
            #expect(await fixture.sealFault() == nil)
            try await fixture.cipher.restart { $0.keys = [Self.other] }
            fixture.approvals.refuse(.otherKeys("another ring"))
            let before = fixture.cipher.now(\.batches).count
            #expect(await fixture.sealFault() == .otherKeys("another ring"))
            #expect(fixture.approvals.seen.last == [Self.other])
            // The text does not leave this process.
            #expect(fixture.cipher.now(\.batches).count == before)
        }
    }

    @Test func `a key that appears while connections stay is approved before its first use`() throws
    {
        let second = VaultKey(version: 2, fingerprint: "bb", isCurrent: true)
        try withCipher { fixture in
            #expect(await fixture.sealFault() == nil)
            fixture.cipher.change {
                $0.keys.append(second)
                $0.current = 2
            }
            let content = try await fixture.client.seal("x", context: "c")
            #expect(content == "v2:c|x")
            #expect(fixture.approvals.seen.last?.last == second)

            fixture.cipher.change { $0.current = 3 }
            fixture.approvals.refuse(.unavailable("cannot be noted"))
            #expect(await fixture.sealFault() == .unavailable("cannot be noted"))
        }
    }

    @Test func `after a failure all are told at once, until Cipher is back`() throws {
        try withCipher { fixture in
            try await fixture.cipher.stop()
            #expect(await fixture.sealFault() != nil)
            #expect(await fixture.sealFault() != nil)
            try await fixture.cipher.restart()
            try await fixture.loop.eventually { await fixture.sealFault() == nil }
        }
    }

    @Test func `a good probe ends the pause`() throws {
        var limits = CipherClientLimits()
        limits.pauseMin = .seconds(3600)
        limits.pauseMax = .seconds(3600)
        try withCipher(limits: limits) { fixture in
            try await fixture.cipher.stop()
            let fault = await fixture.sealFault()
            #expect(fault != nil)
            try await fixture.cipher.restart()
            let paths = fixture.cipher.now(\.paths).count
            // It is not encoded before, or it would fail as too long.
            #expect(await fixture.sealFault(CipherClientTests.tooLong) == fault)
            #expect(fixture.cipher.now(\.paths).count == paths)
            _ = try await fixture.client.keys()
            #expect(await fixture.sealFault() == nil)
        }
    }

    @Test func `a failure is told to those who wait behind it too`() throws {
        var limits = CipherClientLimits()
        limits.answerTimeMax = .milliseconds(50)
        try withCipher(limits: limits) { fixture in
            fixture.cipher.change { $0.hangs = true }
            #expect(await fixture.seal(count: 100) == 0)
            #expect(fixture.cipher.now(\.batches).count <= 2)
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

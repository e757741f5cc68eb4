import Encoding
import EventLoop
import Logging
import Storage
import StoreConformance
import Testing
import TestSupport

@testable import Chat

@Suite struct KeyGuardTests {
    private static let second = VaultKey(version: 2, fingerprint: "bb")
    private static let away = VaultFault.unavailable("away")

    @Test func `keys of a new store are learned before anything is sealed`() throws {
        try withGuard { fixture in
            #expect(await fixture.keyGuard.state == .notProbed)
            #expect(await fixture.fault() != nil)
            let before = fixture.keyGuard.digest
            try await fixture.running {
                try await fixture.reaches(.ready)
                #expect(await fixture.fault() == nil)
                #expect(await fixture.store.knownKeys == [1: "aa"])
                #expect(fixture.keyGuard.digest != before)
            }
        }
    }

    @Test func `a new version is learned when it appears`() throws {
        try withGuard(keys: [1: "aa"]) { fixture in
            try await fixture.running {
                try await fixture.reaches(.ready)
                let before = fixture.keyGuard.digest
                fixture.vault.change { $0.keys.append(Self.second) }
                try await fixture.loop.eventually {
                    await fixture.store.knownKeys == [1: "aa", 2: "bb"]
                }
                try await fixture.loop.eventually { fixture.keyGuard.digest != before }
                #expect(await fixture.keyGuard.state == .ready)
            }
            #expect(fixture.store.changes == [.keySeen(version: 2, fingerprint: "bb")])
        }
    }

    @Test func `a version that is lost is asked for no more once it is forgotten`() throws {
        try withGuard(keys: [1: "aa"]) { fixture in
            fixture.vault.change { $0.keys = [Self.second] }
            try await fixture.running {
                try await fixture.loop.eventually { await fixture.hasOtherKeys }
                guard case .otherKeys(let reason)? = await fixture.fault() else {
                    Issue.record("sealing is not refused")
                    return
                }
                #expect(reason.contains("ChatCore store forget-key 1"))
                try await fixture.keyGuard.forget(1)
                try await fixture.reaches(.ready)
                try await fixture.loop.eventually { await fixture.store.knownKeys == [2: "bb"] }
                await #expect(throws: KeyForgetting.unknown) {
                    try await fixture.keyGuard.forget(1)
                }
                await #expect(throws: KeyForgetting.isHeld) { try await fixture.keyGuard.forget(2) }
            }
        }
    }

    @Test(arguments: [[second], [VaultKey(version: 1, fingerprint: "ab")], []])
    func `a vault with other keys is not ready until it has the right ones`(
        keys: [VaultKey]
    ) throws {
        try withGuard(keys: [1: "aa"]) { fixture in
            fixture.vault.change { $0.keys = keys }
            try await fixture.running {
                try await fixture.loop.eventually { await fixture.hasOtherKeys }
                guard case .otherKeys(let reason)? = await fixture.fault() else {
                    Issue.record("sealing is not refused")
                    return
                }
                #expect(reason.contains("version 1"))
                let looks = fixture.vault.lookCount
                try await fixture.loop.eventually { fixture.vault.lookCount > looks + 3 }
                #expect(await fixture.hasOtherKeys)
                #expect(await fixture.store.knownKeys == [1: "aa"])
                fixture.vault.change { $0.keys = [.first] }
                try await fixture.reaches(.ready)
            }
            #expect(fixture.log.lines.count { $0.contains("version 1") } == 1)
        }
    }

    @Test func `readiness follows the vault both ways and is logged once each`() throws {
        try withGuard(keys: [1: "aa"]) { fixture in
            try await fixture.running {
                try await fixture.reaches(.ready)
                fixture.vault.change { $0.fault = Self.away }
                try await fixture.reaches(.unavailable("away"))
                let looks = fixture.vault.lookCount
                try await fixture.loop.eventually { fixture.vault.lookCount > looks + 3 }
                fixture.vault.change { $0.fault = nil }
                try await fixture.reaches(.ready)
            }
            #expect(fixture.log.lines.count { $0.contains("ready") } == 2)
            #expect(fixture.log.lines.count { $0.contains("away") } == 1)
        }
    }

    @Test func `a vault that does not answer is away`() throws {
        try withGuard(keys: [1: "aa"]) { fixture in
            try await fixture.running {
                try await fixture.reaches(.ready)
                fixture.vault.change { $0.hangs = true }
                try await fixture.loop.eventually { await fixture.keyGuard.state != .ready }
                fixture.vault.change { $0.hangs = false }
                try await fixture.reaches(.ready)
            }
        }
    }

    @Test func `a failed call is followed by a probe at once, and others go on meanwhile`()
        throws
    {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600), limit: .milliseconds(50)) { fixture in
            try await fixture.running {
                try await fixture.reaches(.ready)
                #expect(fixture.vault.lookCount == 1)
                await fixture.keyGuard.callFailed(.unavailable("no answer"))
                try await fixture.loop.eventually { fixture.vault.lookCount == 2 }
                #expect(await fixture.fault() == nil)
                fixture.vault.change { $0.hangs = true }
                await fixture.keyGuard.callFailed(.unavailable("no answer"))
                #expect(await fixture.fault() == nil)
                try await fixture.loop.eventually { await fixture.fault() != nil }
                #expect(fixture.vault.lookCount == 3)
            }
        }
    }

    @Test(arguments: [VaultFault.busy, .refused("too long"), .failed("key_exhausted")])
    func `a vault that refuses one call is not away`(fault: VaultFault) throws {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600)) { fixture in
            try await fixture.running {
                try await fixture.reaches(.ready)
                fixture.vault.change { $0.hangs = true }
                await fixture.keyGuard.callFailed(fault)
                #expect(await fixture.fault() == nil)
                #expect(fixture.vault.lookCount == 1)
            }
        }
    }

    @Test func `an answer from before a failure makes nothing ready`() throws {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600), limit: .seconds(3600)) { fixture in
            fixture.vault.change { $0.hangs = true }
            try await fixture.running {
                try await fixture.loop.eventually { fixture.vault.lookCount == 1 }
                await fixture.keyGuard.callFailed(.unavailable("no answer"))
                // The vault has other keys from here on. The probe in flight has the old ones.
                fixture.vault.change { script in
                    script.keys = [Self.second]
                    script.hangs = false
                }
                try await fixture.loop.eventually { fixture.vault.lookCount == 2 }
                try await fixture.loop.eventually { await fixture.hasOtherKeys }
            }
            #expect(!fixture.log.lines.contains { $0.contains("ready") })
        }
    }

    @Test func `a connection to other keys is refused and turns readiness`() throws {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600)) { fixture in
            try await fixture.running {
                try await fixture.reaches(.ready)
                try await fixture.keyGuard.approve([.first, Self.second])
                #expect(await fixture.store.knownKeys == [1: "aa", 2: "bb"])
                await #expect(throws: VaultFault.self) {
                    try await fixture.keyGuard.approve([Self.second])
                }
                #expect(await fixture.hasOtherKeys)
            }
        }
    }

    @Test func `a key that cannot be noted is not used`() throws {
        try withGuard { fixture in
            fixture.store.beforeCommits { throw StorageFault.full }
            try await fixture.running {
                try await fixture.loop.eventually { await fixture.keyGuard.state != .notProbed }
                #expect(await fixture.fault() != nil)
                await #expect(throws: VaultFault.self) {
                    try await fixture.keyGuard.approve([.first])
                }
                fixture.store.beforeCommits(nil)
                try await fixture.reaches(.ready)
            }
        }
    }

    @Test func `a key that is retired or restored changes the digest, a probe does not`() throws {
        let retired = VaultKey(version: 2, fingerprint: "bb", isRetired: true)
        try withGuard(keys: [1: "aa", 2: "bb"]) { fixture in
            fixture.vault.change { $0.keys.append(Self.second) }
            try await fixture.running {
                try await fixture.reaches(.ready)
                for key in [retired, Self.second] {
                    let (before, looks) = (fixture.keyGuard.digest, fixture.vault.lookCount)
                    try await fixture.loop.eventually { fixture.vault.lookCount > looks + 2 }
                    #expect(fixture.keyGuard.digest == before)
                    fixture.vault.change { $0.keys[1] = key }
                    try await fixture.loop.eventually { fixture.keyGuard.digest != before }
                }
            }
        }
    }
}

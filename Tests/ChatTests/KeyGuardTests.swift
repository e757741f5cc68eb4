import Encoding
import EventLoop
import Logging
import Storage
import StoreConformance
import Testing

@testable import Chat

@Suite struct KeyGuardTests {
    private static let second = VaultKey(version: 2, fingerprint: "bb")
    private static let away = VaultFault.unavailable("away")

    @Test func `keys of a new store are learned before anything is sealed`() throws {
        try withGuard { house in
            #expect(await house.keyGuard.state == .notProbed)
            #expect(await house.fault() != nil)
            let before = house.keyGuard.digest
            try await house.running {
                try await house.reaches(.ready)
                #expect(await house.fault() == nil)
                #expect(await house.store.knownKeys == [1: "aa"])
                #expect(house.keyGuard.digest != before)
            }
        }
    }

    @Test func `a new version is learned when it appears`() throws {
        try withGuard(keys: [1: "aa"]) { house in
            try await house.running {
                try await house.reaches(.ready)
                let before = house.keyGuard.digest
                house.vault.change { $0.keys.append(Self.second) }
                try await house.eventually { await house.store.knownKeys == [1: "aa", 2: "bb"] }
                try await house.eventually { house.keyGuard.digest != before }
                #expect(await house.keyGuard.state == .ready)
            }
            #expect(house.store.changes == [.keySeen(version: 2, fingerprint: "bb")])
        }
    }

    @Test func `a version that is lost is asked for no more once it is forgotten`() throws {
        try withGuard(keys: [1: "aa"]) { house in
            house.vault.change { $0.keys = [Self.second] }
            try await house.running {
                try await house.eventually { await house.hasOtherKeys }
                guard case .otherKeys(let reason)? = await house.fault() else {
                    Issue.record("sealing is not refused")
                    return
                }
                #expect(reason.contains("ChatCore store forget-key 1"))
                try await house.keyGuard.forget(1)
                try await house.reaches(.ready)
                try await house.eventually { await house.store.knownKeys == [2: "bb"] }
                await #expect(throws: KeyForgetting.unknown) {
                    try await house.keyGuard.forget(1)
                }
                await #expect(throws: KeyForgetting.isHeld) { try await house.keyGuard.forget(2) }
            }
        }
    }

    @Test(arguments: [[second], [VaultKey(version: 1, fingerprint: "ab")], []])
    func `a vault with other keys is not ready until it has the right ones`(
        keys: [VaultKey]
    ) throws {
        try withGuard(keys: [1: "aa"]) { house in
            house.vault.change { $0.keys = keys }
            try await house.running {
                try await house.eventually { await house.hasOtherKeys }
                guard case .otherKeys(let reason)? = await house.fault() else {
                    Issue.record("sealing is not refused")
                    return
                }
                #expect(reason.contains("version 1"))
                let looks = house.vault.lookCount
                try await house.eventually { house.vault.lookCount > looks + 3 }
                #expect(await house.hasOtherKeys)
                #expect(await house.store.knownKeys == [1: "aa"])
                house.vault.change { $0.keys = [.first] }
                try await house.reaches(.ready)
            }
            #expect(house.log.lines.count { $0.contains("version 1") } == 1)
        }
    }

    @Test func `readiness follows the vault both ways and is logged once each`() throws {
        try withGuard(keys: [1: "aa"]) { house in
            try await house.running {
                try await house.reaches(.ready)
                house.vault.change { $0.fault = Self.away }
                try await house.reaches(.unavailable("away"))
                let looks = house.vault.lookCount
                try await house.eventually { house.vault.lookCount > looks + 3 }
                house.vault.change { $0.fault = nil }
                try await house.reaches(.ready)
            }
            #expect(house.log.lines.count { $0.contains("ready") } == 2)
            #expect(house.log.lines.count { $0.contains("away") } == 1)
        }
    }

    @Test func `a vault that does not answer is away`() throws {
        try withGuard(keys: [1: "aa"]) { house in
            try await house.running {
                try await house.reaches(.ready)
                house.vault.change { $0.hangs = true }
                try await house.eventually { await house.keyGuard.state != .ready }
                house.vault.change { $0.hangs = false }
                try await house.reaches(.ready)
            }
        }
    }

    @Test func `a failed call is followed by a probe at once, and others go on meanwhile`()
        throws
    {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600), limit: .milliseconds(50)) { house in
            try await house.running {
                try await house.reaches(.ready)
                #expect(house.vault.lookCount == 1)
                await house.keyGuard.callFailed(.unavailable("no answer"))
                try await house.eventually { house.vault.lookCount == 2 }
                #expect(await house.fault() == nil)
                house.vault.change { $0.hangs = true }
                await house.keyGuard.callFailed(.unavailable("no answer"))
                #expect(await house.fault() == nil)
                try await house.eventually { await house.fault() != nil }
                #expect(house.vault.lookCount == 3)
            }
        }
    }

    @Test(arguments: [VaultFault.busy, .refused("too long"), .failed("key_exhausted")])
    func `a vault that refuses one call is not away`(fault: VaultFault) throws {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600)) { house in
            try await house.running {
                try await house.reaches(.ready)
                house.vault.change { $0.hangs = true }
                await house.keyGuard.callFailed(fault)
                #expect(await house.fault() == nil)
                #expect(house.vault.lookCount == 1)
            }
        }
    }

    @Test func `an answer from before a failure makes nothing ready`() throws {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600), limit: .seconds(3600)) { house in
            house.vault.change { $0.hangs = true }
            try await house.running {
                try await house.eventually { house.vault.lookCount == 1 }
                await house.keyGuard.callFailed(.unavailable("no answer"))
                // The vault has other keys from here on. The probe in flight has the old ones.
                house.vault.change { script in
                    script.keys = [Self.second]
                    script.hangs = false
                }
                try await house.eventually { house.vault.lookCount == 2 }
                try await house.eventually { await house.hasOtherKeys }
            }
            #expect(!house.log.lines.contains { $0.contains("ready") })
        }
    }

    @Test func `a connection to other keys is refused and turns readiness`() throws {
        try withGuard(keys: [1: "aa"], pause: .seconds(3600)) { house in
            try await house.running {
                try await house.reaches(.ready)
                try await house.keyGuard.approve([.first, Self.second])
                #expect(await house.store.knownKeys == [1: "aa", 2: "bb"])
                await #expect(throws: VaultFault.self) {
                    try await house.keyGuard.approve([Self.second])
                }
                #expect(await house.hasOtherKeys)
            }
        }
    }

    @Test func `a key that cannot be noted is not used`() throws {
        try withGuard { house in
            house.store.beforeCommits { throw StorageFault.full }
            try await house.running {
                try await house.eventually { await house.keyGuard.state != .notProbed }
                #expect(await house.fault() != nil)
                await #expect(throws: VaultFault.self) {
                    try await house.keyGuard.approve([.first])
                }
                house.store.beforeCommits(nil)
                try await house.reaches(.ready)
            }
        }
    }

    @Test func `a key that is retired or restored changes the digest, a probe does not`() throws {
        let retired = VaultKey(version: 2, fingerprint: "bb", isRetired: true)
        try withGuard(keys: [1: "aa", 2: "bb"]) { house in
            house.vault.change { $0.keys.append(Self.second) }
            try await house.running {
                try await house.reaches(.ready)
                for key in [retired, Self.second] {
                    let (before, looks) = (house.keyGuard.digest, house.vault.lookCount)
                    try await house.eventually { house.vault.lookCount > looks + 2 }
                    #expect(house.keyGuard.digest == before)
                    house.vault.change { $0.keys[1] = key }
                    try await house.eventually { house.keyGuard.digest != before }
                }
            }
        }
    }
}

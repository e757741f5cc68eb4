import Encoding
import EventLoop
import InMemoryLogging
import Logging
import RateLimit
import Storage
import StoreConformance
import TestSupport

@testable import Chat

/// A key guard between a scripted vault and a store in memory.
struct KeyGuardFixture: Sendable {
    let vault: ScriptedVault
    let store: MemoryStore
    let keyGuard: KeyGuard
    let log: InMemoryLogHandler
    let loop: EventLoop

    /// The store as the rules are given it: each decision runs twice.
    var repeating: any ChatStore { RepeatingStore(over: store) }

    /// The guard runs while `body` does.
    func running(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: loop) { await keyGuard.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    func reaches(_ state: KeyTrust.State) async throws {
        try await loop.eventually { await keyGuard.state == state }
    }

    /// Returns the fault that `check` throws.
    func fault() async -> VaultFault? {
        do throws(VaultFault) {
            try await keyGuard.check()
            return nil
        } catch {
            return error
        }
    }

    var hasOtherKeys: Bool {
        get async {
            if case .otherKeys = await keyGuard.state { true } else { false }
        }
    }
}

func withGuard(
    keys: [Int: ByteText] = [:], pause: Duration = .milliseconds(2),
    limit: Duration = .milliseconds(100),
    _ body: @escaping @Sendable (KeyGuardFixture) async throws -> Void
) throws {
    let loop = try EventLoop()
    try loop.run {
        let log = InMemoryLogHandler()
        let vault = ScriptedVault(loop: loop)
        let store = MemoryStore(keys: keys)
        var times = KeyGuardTimes()
        times.pause = pause
        times.answerTimeMax = limit
        let keyGuard = KeyGuard(
            vault: vault, store: RepeatingStore(over: store), loop: loop,
            log: RateLimitedLog(.test(log)), times: times)
        try await body(
            KeyGuardFixture(vault: vault, store: store, keyGuard: keyGuard, log: log, loop: loop))
    }
}

extension InMemoryLogHandler {
    var lines: [String] {
        entries.map { entry in
            let metadata = entry.metadata.map { "\($0.key)=\($0.value)" }.sorted()
            return (["\(entry.message)"] + metadata).joined(separator: " ")
        }
    }
}

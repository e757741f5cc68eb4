import Chat
import Cryptography
import Encoding
import EventLoop
import Program
import Synchronization
import TestSupport

@testable import ChatCore

/// A running client, its scripted Cipher, and the keys that it had to approve.
struct CipherFixture: Sendable {
    let cipher: TestCipher
    let client: CipherClient
    let approvals: Approvals
    let loop: EventLoop

    /// Returns the fault of the call, or nil after a success.
    func fault(_ call: @Sendable () async throws(VaultFault) -> Void) async -> VaultFault? {
        do throws(VaultFault) {
            try await call()
            return nil
        } catch {
            return error
        }
    }

    func sealFault(_ text: ByteText = "x", context: ByteText = "c") async -> VaultFault? {
        await fault { () async throws(VaultFault) in
            _ = try await client.seal(text, context: context)
        }
    }

    static let sealed = [SealedText(content: "v1:c|x", context: "c")]

    /// Opens one text so many times at once. Returns the number of successes.
    func open(times: Int) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<times {
                group.addTask(executorPreference: loop) { await openFault() == nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    /// Runs `body` while Cipher holds as many requests of that path as may be in flight, each with
    /// one call. It answers them afterwards.
    func occupying(_ path: String, _ body: () async throws -> Void) async throws {
        cipher.change { $0.hanging.insert(path) }
        let requestCount = path == "/decrypt" ? CipherClientLimits().opens.batchesInFlightMax : 1
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<requestCount {
                let before = cipher.now(\.batches).count
                group.addTask(executorPreference: loop) {
                    path == "/decrypt" ? await open(times: 1) : await seal(count: 1)
                }
                try await loop.eventually { cipher.now(\.batches).count == before + 1 }
            }
            try await body()
            cipher.change { _ = $0.hanging.remove(path) }
            for try await succeeded in group where succeeded != 1 { throw ConditionNeverHeld() }
        }
    }

    func openFault(
        _ sealed: [SealedText] = CipherFixture.sealed
    ) async -> VaultFault? {
        await fault { () async throws(VaultFault) in _ = try await client.open(sealed) }
    }

    /// Seals so many texts at once. Returns the number of successes.
    func seal(count: Int, length: Int = 1) async -> Int {
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                group.addTask(executorPreference: loop) {
                    let text = ByteText(String(repeating: "\n", count: length))
                    let content = try? await client.seal(text, context: "\(number)")
                    return content == "v1:\(number)|\(text)"
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }
}

/// Approves all keys until `refuse`.
final class Approvals: Sendable {
    private let state = Mutex<(seen: [[VaultKey]], fault: VaultFault?)>(([], nil))

    var seen: [[VaultKey]] { state.withLock { $0.seen } }
    func refuse(_ fault: VaultFault?) { state.withLock { $0.fault = fault } }

    func approve(_ keys: [VaultKey]) throws(VaultFault) {
        let fault = state.withLock { state in
            state.seen.append(keys)
            return state.fault
        }
        if let fault { throw fault }
    }
}

func withCipher(
    secret: String? = nil, limits: CipherClientLimits = CipherClientLimits(),
    _ body: @escaping @Sendable (CipherFixture) async throws -> Void
) throws {
    let loop = try EventLoop()
    try loop.run {
        let cipher = TestCipher(loop: loop)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask(executorPreference: loop) { try? await cipher.run() }
            try await loop.eventually { cipher.port != 0 }
            let secret = secret.map { text in
                var bytes = Array(text.utf8)
                return SharedSecret(Secret(taking: &bytes))
            }
            let approvals = Approvals()
            let client = CipherClient(
                try CipherAddress(url: "http://127.0.0.1:\(cipher.port)"), secret: secret,
                loop: loop, resolver: nil, limits: limits)
            group.addTask(executorPreference: loop) {
                await client.run { keys throws(VaultFault) in try approvals.approve(keys) }
            }
            try await loop.eventually { await client.isRunning }
            try await body(
                CipherFixture(cipher: cipher, client: client, approvals: approvals, loop: loop))
        }
    }
}

import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Testing
import TestSupport

@testable import ChatCore

/// A slow or failing operation of Cipher affects no other operation.
@Suite struct CipherLaneTests {
    private static func answer(_ code: CipherErrorCode) -> Response {
        Response(
            Status(code: code.status), body: .bytes(CipherFault(code, "halo").encoded))
    }

    private static let failures =
        [
            CipherErrorCode.keyExhausted, .internal, .malformed, .tooLarge, .busy, .notReady,
            .unauthorized,
        ].map(answer) + [
            Response(.ok, body: .bytes(Array("halo".utf8))), Response(.notFound),
            Response(Status(code: 413)),
        ]

    @Test(arguments: failures)
    func `a failing seal leaves opens alone`(_ failure: Response) throws {
        try withCipher { fixture in
            fixture.cipher.change { $0.garbageOf["/encrypt"] = failure }
            try await fixture.occupying("/decrypt") {
                async let waiting = fixture.open(times: 3)
                try await fixture.loop.eventually { await fixture.client.queuedItemCount == 3 }
                for _ in 0..<3 { #expect(await fixture.sealFault() != nil) }
                fixture.cipher.change { $0.hanging = [] }
                #expect(await waiting == 3)
            }
            #expect(await fixture.openFault() == nil)
        }
    }

    @Test(arguments: failures)
    func `a failing open leaves seals alone`(_ failure: Response) throws {
        try withCipher { fixture in
            fixture.cipher.change { $0.garbageOf["/decrypt"] = failure }
            try await fixture.occupying("/encrypt") {
                async let waiting = fixture.seal(count: 3)
                try await fixture.loop.eventually { await fixture.client.queuedItemCount == 3 }
                for _ in 0..<3 { #expect(await fixture.openFault() != nil) }
                fixture.cipher.change { $0.hanging = [] }
                #expect(await waiting == 3)
            }
            #expect(await fixture.sealFault() == nil)
        }
    }

    @Test func `an operation that does not answer holds up no other`() throws {
        var limits = CipherClientLimits()
        limits.answerTimeMax = .milliseconds(200)
        try withCipher(limits: limits) { fixture in
            for (slow, other) in [("/encrypt", "/decrypt"), ("/decrypt", "/encrypt")] {
                _ = try await fixture.client.keys()
                fixture.cipher.change { $0.hanging = [slow] }
                async let away = Self.fault(slow, fixture)
                try await fixture.loop.eventually { fixture.cipher.now(\.paths).last == slow }
                #expect(await Self.fault(other, fixture) == nil)
                guard case .unavailable? = await away else {
                    Issue.record("\(slow) did not time out")
                    return
                }
                // The same holds while the slow one pauses.
                #expect(await Self.fault(slow, fixture) != nil)
                #expect(await Self.fault(other, fixture) == nil)
            }
        }
    }

    private static func fault(_ path: String, _ fixture: CipherFixture) async -> VaultFault? {
        path == "/encrypt" ? await fixture.sealFault() : await fixture.openFault()
    }

    /// A fault is about the call alone, or about the vault, which is then probed.
    @Test(arguments: [
        (CipherErrorCode.malformed, "refused"), (.tooLarge, "refused"),
        (.keyExhausted, "failed"), (.internal, "failed"), (.unsupported, "failed"),
        (.unauthorized, "unavailable"), (.notReady, "unavailable"), (.stopping, "unavailable"),
        (.busy, "unavailable"), (.sealed, "sealed"),
    ])
    func `each error of Cipher's is told as what it is, alone and in a batch`(
        _ code: CipherErrorCode, _ kind: String
    ) throws {
        try withCipher { fixture in
            let fault = CipherFault(code, "halo")
            fixture.cipher.change { $0.garbage = Self.answer(code) }
            let alone = await fixture.sealFault()
            try await fixture.cipher.restart {
                $0.garbage = Response(
                    .ok,
                    body: .bytes(
                        CipherResponse.batch([.failure(fault), .failure(fault)]).encoded))
            }
            try await fixture.loop.eventually { (try? await fixture.client.keys()) != nil }
            let inBatch = await fixture.openFault(CipherFixture.sealed + CipherFixture.sealed)
            for fault in [alone, inBatch] {
                let told =
                    switch fault {
                    case .refused: "refused"
                    case .failed: "failed"
                    case .unavailable: "unavailable"
                    case .sealed: "sealed"
                    case .otherKeys, .busy, .keyRetired, nil: "\(String(describing: fault))"
                    }
                #expect(told == kind)
            }
        }
    }

    @Test func `one call that spoils a batch spoils no other call`() throws {
        try withCipher { fixture in
            fixture.cipher.change { $0.poison = "v1:c|poison" }
            try await fixture.occupying("/decrypt") {
                async let others = fixture.open(times: 5)
                let poison = SealedText(content: "v1:c|poison", context: "c")
                async let spoilt = fixture.openFault(CipherFixture.sealed + [poison])
                try await fixture.loop.eventually { await fixture.client.queuedItemCount == 7 }
                fixture.cipher.change { $0.hanging = [] }
                #expect(await others == 5)
                #expect(await spoilt == .refused("Cipher refuses an item: malformed"))
            }
        }
    }

    @Test func `a rewrap goes in small requests, one at a time`() throws {
        try withCipher { fixture in
            let limits = CipherClientLimits().rewraps
            let text = JSONText(ByteText("v1:c|" + String(repeating: "x", count: 5_000)))
            let sealed = Array(repeating: SealedText(content: text, context: "c"), count: 100)
            let rewrapped = try await fixture.client.rewrap(sealed)
            #expect(rewrapped == sealed.map { .text($0.content) })
            #expect(fixture.cipher.now(\.bodyBytes).allSatisfy { $0 <= limits.batchBytesMax })
            #expect(fixture.cipher.now(\.batches).count == 8 && limits.batchBytesMax <= 64 << 10)
        }
    }
}

/// Each item has 31 bytes as it goes out.
@Suite struct BatchQueueTests {
    private static func call(_ count: Int) throws -> CipherCall {
        let item = CipherItem(text: "v1:c|x", keyContext: "c")
        return CipherCall(
            try CipherClient.encode(Array(repeating: item, count: count)), for: nil)
    }

    private static func limits(items: Int = 10, bytes: Int = 1_000_000) -> CipherLaneLimits {
        CipherLaneLimits(
            batchesInFlightMax: 1, batchItemsMax: items, batchBytesMax: bytes,
            queuedBytesMax: 100)
    }

    /// Returns the item counts of the calls in each batch.
    private static func batches(_ queue: inout BatchQueue) -> [[Int]] {
        var batches: [[Int]] = []
        while let batch = queue.next() {
            #expect(batch.body.count == batch.byteCount || batch.itemCount == 1)
            batches.append(batch.parts.map(\.items.count))
        }
        return batches
    }

    @Test(arguments: [
        ([3, 4], [[3, 4]]), ([10, 1], [[10], [1]]), ([12, 5], [[10], [2, 5]]),
        ([25], [[10], [10], [5]]), ([4, 4, 4], [[4, 4, 2], [2]]), ([], []),
    ])
    func `calls share batches in their order, and are divided where they do not fit`(
        _ counts: [Int], _ batches: [[Int]]
    ) throws {
        var queue = BatchQueue(Self.limits())
        for count in counts { queue.append(try Self.call(count)) }
        #expect(queue.itemCount == counts.reduce(0, +))
        #expect(Self.batches(&queue) == batches)
        #expect(queue.itemCount == 0 && queue.byteCount == 0)
    }

    @Test func `a batch has as many bytes as it may, to the byte`() throws {
        let one = try Self.call(1).items.byteCount(of: 0..<1)
        // 12 bytes frame the batch. Three items have two commas.
        for (bytes, first) in [(12 + 3 * one + 2, 3), (12 + 3 * one + 1, 2), (1, 1)] {
            var queue = BatchQueue(Self.limits(bytes: bytes))
            for _ in 0..<4 { queue.append(try Self.call(1)) }
            #expect(queue.next()?.itemCount == first)
        }
    }

    @Test func `queued items and bytes are counted`() throws {
        var queue = BatchQueue(Self.limits(items: 2))
        #expect(!queue.isFull)
        let call = try Self.call(5)
        queue.append(call)
        #expect(queue.isFull && queue.byteCount == call.items.byteCount(of: 0..<5))
        _ = queue.next()
        #expect(queue.itemCount == 3 && queue.byteCount == call.items.byteCount(of: 2..<5))
        _ = queue.next()
        #expect(queue.itemCount == 1 && !queue.isFull)
        let left = queue.removeAll()
        #expect(left.count == 1 && queue.itemCount == 0 && queue.byteCount == 0)
        #expect(queue.next()?.itemCount == nil)
    }

    @Test func `a call that is over takes the rest of its items along`() throws {
        var queue = BatchQueue(Self.limits(items: 2))
        let (first, second) = (try Self.call(5), try Self.call(2))
        queue.append(first)
        queue.append(second)
        _ = queue.next()
        first.finish(.failure(.busy))
        let next = queue.next()
        #expect(next?.parts.count == 1 && next?.parts.first?.call === second)
        #expect(queue.itemCount == 0)
    }
}

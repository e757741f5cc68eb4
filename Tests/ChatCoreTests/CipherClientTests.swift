import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Program
import Storage
import Testing
import TestSupport

@testable import ChatCore

@Suite struct CipherClientTests {
    static let tooLong = ByteText(
        String(repeating: "x", count: CipherLimits.textBytesMax + 1))

    @Test func `a sealed text opens, and a text that does not open spoils no other`() throws {
        try withCipher { fixture in
            let content = try await fixture.client.seal("halo", context: "c")
            #expect(content == "v1:c|halo")
            let good = SealedText(content: JSONText(content), context: "c")
            let moved = SealedText(content: JSONText(content), context: "d")
            for (sealed, texts) in [
                ([good], [OpenedText.text("halo")]), ([moved], [.notAuthentic]), ([], []),
                ([good, moved, good], [.text("halo"), .notAuthentic, .text("halo")]),
            ] {
                let opened = try await fixture.client.open(sealed)
                #expect(opened == texts)
            }
            fixture.cipher.change {
                $0.current = 2
                $0.keys.append(VaultKey(version: 2, fingerprint: "bb"))
            }
            let rewrapped = try await fixture.client.rewrap([good, moved])
            #expect(rewrapped == [.text("v2:c|halo"), .notAuthentic])
            let keys = try await fixture.client.keys()
            #expect(keys.map(\.version) == [1, 2])
        }
    }

    @Test func `messages are opened as their records have them`() throws {
        @Sendable func message(_ id: ByteText, content: ByteText? = nil) -> StoredMessage {
            StoredMessage(
                id: MessageID(id), senderId: UserID("a\""), receiverId: UserID("é"),
                content: content ?? "v1:a\"-é-\(id)|teks \(id)", timestamp: 1)
        }
        try withCipher { fixture in
            let messages = [
                message("m1"), message("m\n\\2"), message("moved", content: "v1:a-b-c|x"),
                // Its escapes double its length.
                message("\(String(repeating: "\"", count: CipherLimits.keyContextBytesMax - 6))"),
            ]
            let opened = try await fixture.client.open(RecordedMessages(messages))
            #expect(opened == (try await fixture.client.open(messages.map(\.sealed))))
            #expect(opened[1] == .text("teks m\n\\2") && opened[2] == .notAuthentic)
            let tooLong = message(
                ByteText(String(repeating: "x", count: CipherLimits.keyContextBytesMax)))
            await #expect(throws: CipherClient.tooLong) {
                _ = try await fixture.client.open(RecordedMessages([tooLong]))
            }
            #expect(try await fixture.client.open(RecordedMessages()).isEmpty)
        }
    }

    @Test func `calls that arrive while a request is in flight go out together`() throws {
        try withCipher { fixture in
            fixture.cipher.change { $0.hangs = true }
            async let first = fixture.seal(count: 1)
            try await fixture.loop.eventually { fixture.cipher.now(\.batches) == [1] }
            async let rest = fixture.seal(count: 1_500)
            try await fixture.loop.eventually { await fixture.client.queuedItemCount == 1_500 }
            fixture.cipher.change { $0.hangs = false }
            #expect(await first == 1)
            #expect(await rest == 1_500)
            #expect(fixture.cipher.now(\.batches) == [1, 1_000, 500])
        }
    }

    @Test func `a body stays below its limit, escapes counted`() throws {
        var limits = CipherClientLimits()
        limits.seals.batchBytesMax = 10_000
        try withCipher(limits: limits) { [limits] fixture in
            // Each newline is two bytes of JSON.
            #expect(await fixture.seal(count: 50, length: 1_000) == 50)
            #expect(fixture.cipher.now(\.bodyBytes).allSatisfy { $0 <= limits.seals.batchBytesMax })
            #expect(fixture.cipher.now(\.batches).contains(4))
            #expect(await fixture.seal(count: 1, length: 100_000) == 1)
        }
    }

    @Test func `a long conversation is opened in several requests, in order`() throws {
        try withCipher { fixture in
            let texts = (0..<2_345).map { "\($0)" }
            let sealed = texts.map { SealedText(content: JSONText("v1:c|\($0)"), context: "c") }
            let opened = try await fixture.client.open(sealed)
            #expect(opened == texts.map { .text(JSONText(ByteText($0))) })
            #expect(fixture.cipher.now(\.batches).sorted() == [345, 1_000, 1_000])
        }
    }

    @Test func `a call behind too many bytes is refused, but not in another lane`() throws {
        var limits = CipherClientLimits()
        limits.opens.queuedBytesMax = 100
        try withCipher(limits: limits) { fixture in
            try await fixture.occupying("/decrypt") {
                async let waiting = fixture.open(times: 3)
                try await fixture.loop.eventually { await fixture.client.queuedItemCount == 3 }
                // It is not encoded before, or it would fail as too long.
                let tooLong = [SealedText(content: JSONText(Self.tooLong), context: "c")]
                #expect(await fixture.openFault(tooLong) == .busy)
                #expect(await fixture.sealFault() == nil)
                fixture.cipher.change { $0.hanging = [] }
                #expect(await waiting == 3)
            }
        }
    }

    @Test func `items that went out in several requests no longer count as queued`() throws {
        var limits = CipherClientLimits()
        limits.opens.batchItemsMax = 1
        limits.opens.queuedBytesMax = 300
        try withCipher(limits: limits) { fixture in
            let sealed = Array(repeating: CipherFixture.sealed[0], count: 100)
            for _ in 0..<4 { _ = try await fixture.client.open(sealed) }
            try await fixture.occupying("/decrypt") {
                async let waiting = fixture.open(times: 2)
                try await fixture.loop.eventually { await fixture.client.queuedItemCount == 2 }
                fixture.cipher.change { $0.hanging = [] }
                #expect(await waiting == 2)
            }
        }
    }

    @Test func `the secret is shown, and without it nothing works`() throws {
        try withCipher(secret: "s3cret") { fixture in
            fixture.cipher.change { $0.secret = "s3cret" }
            #expect(await fixture.sealFault() == nil)
            let keys = try await fixture.client.keys()
            #expect(keys.count == 1)
            try await fixture.cipher.restart { $0.secret = "another" }
            guard case .unavailable(let reason)? = await fixture.sealFault() else {
                Issue.record("it was sealed")
                return
            }
            #expect(reason.contains("--cipher-secret-file") && !reason.contains("s3cret"))
        }
    }

    @Test(arguments: [
        Response(.ok, body: .bytes(Array("halo".utf8))),
        Response(.ok, body: .bytes(Array(#"{"result":"halo"}"#.utf8))),
        Response(.ok, body: .bytes(Array(#"{"results":[]}"#.utf8))),
        Response(.ok, body: .bytes(Array(#"{"result":7}"#.utf8))),
        Response(.ok), Response(.notFound), Response(.internalServerError),
        Response(Status(code: 302), fields: [("Location", "http://127.0.0.1/")]),
        Response(
            Status(code: 422), body: .bytes(CipherFault(.notAuthentic, "halo").encoded)),
    ])
    func `an answer that is none is not given to the caller`(_ garbage: Response) throws {
        try withCipher { fixture in
            fixture.cipher.change { $0.garbage = garbage }
            guard case .failed(let reason)? = await fixture.sealFault() else {
                Issue.record("it was sealed, or the vault counts as away")
                return
            }
            #expect(!reason.contains("halo"))
        }
    }

    @Test(arguments: [CipherErrorCode.malformed, .tooLarge])
    func `an error of one text is told to its caller alone`(_ code: CipherErrorCode) throws {
        try withCipher { fixture in
            fixture.cipher.change {
                let fault = CipherFault(code, "halo").encoded
                $0.garbage = Response(Status(code: code.status), body: .bytes(fault))
            }
            #expect(
                await fixture.sealFault() == .refused("Cipher refuses an item: \(code.rawValue)"))
            fixture.cipher.change { $0.garbage = nil }
            #expect(await fixture.sealFault() == nil)
        }
    }

    @Test func `texts that Cipher would not take are not sent`() throws {
        try withCipher { fixture in
            let longContext = ByteText(String(repeating: "c", count: 5_000))
            for (text, context) in [(Self.tooLong, "c"), ("x", longContext)] {
                guard case .refused? = await fixture.sealFault(text, context: context) else {
                    Issue.record("it was sealed, or the vault counts as away")
                    return
                }
            }
            #expect(fixture.cipher.now(\.paths).isEmpty)
        }
    }

    @Test func `the client's end is told to all who wait`() throws {
        let loop = try EventLoop()
        try loop.run {
            let cipher = TestCipher(loop: loop)
            await withTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: loop) { try? await cipher.run() }
                try? await loop.eventually { cipher.port != 0 }
                cipher.change { $0.hangs = true }
                guard let address = try? CipherAddress(url: "http://127.0.0.1:\(cipher.port)")
                else { return }
                let client = CipherClient(address, secret: nil, loop: loop, resolver: nil)
                let fixture = CipherFixture(
                    cipher: cipher, client: client, approvals: Approvals(), loop: loop)
                #expect(await fixture.sealFault() != nil)
                await withTaskGroup(of: Void.self) { inner in
                    inner.addTask(executorPreference: loop) { await client.run { _ in } }
                    try? await loop.eventually { await client.isRunning }
                    async let sealed = fixture.seal(count: 20)
                    try? await loop.eventually { cipher.now(\.batches).count == 1 }
                    inner.cancelAll()
                    #expect(await sealed == 0)
                }
                #expect(await fixture.sealFault() != nil)
                group.cancelAll()
            }
        }
    }

    @Test func `a caller that is cancelled leaves, and the others stay`() throws {
        try withCipher { fixture in
            fixture.cipher.change { $0.hangs = true }
            await withTaskGroup(of: VaultFault?.self) { group in
                group.addTask(executorPreference: fixture.loop) { await fixture.sealFault() }
                try? await fixture.loop.eventually { fixture.cipher.now(\.batches) == [1] }
                async let other = fixture.seal(count: 1)
                group.cancelAll()
                #expect(await group.next() == .unavailable("cancelled"))
                fixture.cipher.change { $0.hangs = false }
                #expect(await other == 1)
            }
        }
    }

    @Test func `a cancelled call with a part in flight takes its queued items along`() throws {
        var limits = CipherClientLimits()
        limits.opens.batchItemsMax = 2
        try withCipher(limits: limits) { fixture in
            let sealed = Array(repeating: SealedText(content: "v1:c|x", context: "c"), count: 7)
            fixture.cipher.change { $0.hangs = true }
            await withTaskGroup(of: VaultFault?.self) { group in
                group.addTask(executorPreference: fixture.loop) {
                    await fixture.fault { () async throws(VaultFault) in
                        _ = try await fixture.client.open(sealed)
                    }
                }
                try? await fixture.loop.eventually { await fixture.client.queuedItemCount == 3 }
                group.cancelAll()
                #expect(await group.next() == .unavailable("cancelled"))
            }
            async let other = fixture.client.open([sealed[0]])
            try await fixture.loop.eventually { await fixture.client.queuedItemCount == 4 }
            fixture.cipher.change { $0.hangs = false }
            #expect(try await other == [.text("x")])
            #expect(fixture.cipher.now(\.batches) == [2, 2, 1])
            #expect(await fixture.client.queuedItemCount == 0)
        }
    }
}

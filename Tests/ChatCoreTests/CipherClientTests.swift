import Chat
import CipherAPI
import Encoding
import EventLoop
import HTTP
import Program
import Storage
import Testing

@testable import ChatCore

@Suite struct CipherClientTests {
    static let tooLong = ByteText(
        String(repeating: "x", count: CipherLimits.textBytesMax + 1))

    @Test func `what is sealed opens, and what does not open spoils no other`() throws {
        try withCipher { house in
            let content = try await house.client.seal("halo", context: "c")
            #expect(content == "v1:c|halo")
            let good = SealedText(content: JSONText(content), context: "c")
            let moved = SealedText(content: JSONText(content), context: "d")
            for (sealed, texts) in [
                ([good], [OpenedText.text("halo")]), ([moved], [.notAuthentic]), ([], []),
                ([good, moved, good], [.text("halo"), .notAuthentic, .text("halo")]),
            ] {
                let opened = try await house.client.open(sealed)
                #expect(opened == texts)
            }
            house.cipher.change {
                $0.current = 2
                $0.keys.append(VaultKey(version: 2, fingerprint: "bb"))
            }
            let rewrapped = try await house.client.rewrap([good, moved])
            #expect(rewrapped == [.text("v2:c|halo"), .notAuthentic])
            let keys = try await house.client.keys()
            #expect(keys.map(\.version) == [1, 2])
        }
    }

    @Test func `messages are opened as their records have them`() throws {
        @Sendable func message(_ id: ByteText, content: ByteText? = nil) -> StoredMessage {
            StoredMessage(
                id: MessageID(id), senderId: UserID("a\""), receiverId: UserID("é"),
                content: content ?? "v1:a\"-é-\(id)|teks \(id)", timestamp: 1)
        }
        try withCipher { house in
            let messages = [
                message("m1"), message("m\n\\2"), message("moved", content: "v1:a-b-c|x"),
                // Twice as long while its escapes stand.
                message("\(String(repeating: "\"", count: CipherLimits.keyContextBytesMax - 6))"),
            ]
            let opened = try await house.client.open(RecordedMessages(messages))
            #expect(opened == (try await house.client.open(messages.map(\.sealed))))
            #expect(opened[1] == .text("teks m\n\\2") && opened[2] == .notAuthentic)
            let tooLong = message(
                ByteText(String(repeating: "x", count: CipherLimits.keyContextBytesMax)))
            await #expect(throws: CipherClient.tooLong) {
                _ = try await house.client.open(RecordedMessages([tooLong]))
            }
            #expect(try await house.client.open(RecordedMessages()).isEmpty)
        }
    }

    @Test func `what arrives while a request is under way goes out together`() throws {
        try withCipher { house in
            house.cipher.change { $0.hangs = true }
            async let first = house.seal(count: 1)
            try await house.loop.eventually { house.cipher.now(\.batches) == [1] }
            async let rest = house.seal(count: 1_500)
            try await house.loop.eventually { await house.client.waitingItemCount == 1_500 }
            house.cipher.change { $0.hangs = false }
            #expect(await first == 1)
            #expect(await rest == 1_500)
            #expect(house.cipher.now(\.batches) == [1, 1_000, 500])
        }
    }

    @Test func `a body stays below its limit, escapes counted`() throws {
        var limits = CipherClientLimits()
        limits.seals.batchBytesMax = 10_000
        try withCipher(limits: limits) { [limits] house in
            // Each newline is two bytes of JSON.
            #expect(await house.seal(count: 50, length: 1_000) == 50)
            #expect(house.cipher.now(\.bodyBytes).allSatisfy { $0 <= limits.seals.batchBytesMax })
            #expect(house.cipher.now(\.batches).contains(4))
            #expect(await house.seal(count: 1, length: 100_000) == 1)
        }
    }

    @Test func `a long conversation is opened in several requests, in order`() throws {
        try withCipher { house in
            let texts = (0..<2_345).map { "\($0)" }
            let sealed = texts.map { SealedText(content: JSONText("v1:c|\($0)"), context: "c") }
            let opened = try await house.client.open(sealed)
            #expect(opened == texts.map { .text(JSONText(ByteText($0))) })
            #expect(house.cipher.now(\.batches).sorted() == [345, 1_000, 1_000])
        }
    }

    @Test func `who would wait behind too much is refused, but not in another lane`() throws {
        var limits = CipherClientLimits()
        limits.opens.waitingBytesMax = 100
        try withCipher(limits: limits) { house in
            try await house.occupying("/decrypt") {
                async let waiting = house.open(times: 3)
                try await house.loop.eventually { await house.client.waitingItemCount == 3 }
                // And not encoded before, or it would be known to be too long.
                let tooLong = [SealedText(content: JSONText(Self.tooLong), context: "c")]
                #expect(await house.openFault(tooLong) == .busy)
                #expect(await house.sealFault() == nil)
                house.cipher.change { $0.hanging = [] }
                #expect(await waiting == 3)
            }
        }
    }

    @Test func `what has gone out in several requests is no longer waited behind`() throws {
        var limits = CipherClientLimits()
        limits.opens.batchItemsMax = 1
        limits.opens.waitingBytesMax = 300
        try withCipher(limits: limits) { house in
            let sealed = Array(repeating: CipherHouse.sealed[0], count: 100)
            for _ in 0..<4 { _ = try await house.client.open(sealed) }
            try await house.occupying("/decrypt") {
                async let waiting = house.open(times: 2)
                try await house.loop.eventually { await house.client.waitingItemCount == 2 }
                house.cipher.change { $0.hanging = [] }
                #expect(await waiting == 2)
            }
        }
    }

    @Test func `the secret is shown, and without it nothing works`() throws {
        try withCipher(secret: "s3cret") { house in
            house.cipher.change { $0.secret = "s3cret" }
            #expect(await house.sealFault() == nil)
            let keys = try await house.client.keys()
            #expect(keys.count == 1)
            try await house.cipher.restart { $0.secret = "another" }
            guard case .unavailable(let reason)? = await house.sealFault() else {
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
        try withCipher { house in
            house.cipher.change { $0.garbage = garbage }
            guard case .failed(let reason)? = await house.sealFault() else {
                Issue.record("it was sealed, or the vault counts as away")
                return
            }
            #expect(!reason.contains("halo"))
        }
    }

    @Test(arguments: [CipherErrorCode.malformed, .tooLarge])
    func `an error of one text is told to its caller alone`(_ code: CipherErrorCode) throws {
        try withCipher { house in
            house.cipher.change {
                let fault = CipherFault(code, "halo").encoded
                $0.garbage = Response(Status(code: code.status), body: .bytes(fault))
            }
            #expect(
                await house.sealFault() == .refused("Cipher refuses an item: \(code.rawValue)"))
            house.cipher.change { $0.garbage = nil }
            #expect(await house.sealFault() == nil)
        }
    }

    @Test func `texts that Cipher would not take are not sent`() throws {
        try withCipher { house in
            let longContext = ByteText(String(repeating: "c", count: 5_000))
            for (text, context) in [(Self.tooLong, "c"), ("x", longContext)] {
                guard case .refused? = await house.sealFault(text, context: context) else {
                    Issue.record("it was sealed, or the vault counts as away")
                    return
                }
            }
            #expect(house.cipher.now(\.paths).isEmpty)
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
                let house = CipherHouse(
                    cipher: cipher, client: client, approvals: Approvals(), loop: loop)
                #expect(await house.sealFault() != nil)
                await withTaskGroup(of: Void.self) { inner in
                    inner.addTask(executorPreference: loop) { await client.run { _ in } }
                    try? await loop.eventually { await client.isRunning }
                    async let sealed = house.seal(count: 20)
                    try? await loop.eventually { cipher.now(\.batches).count == 1 }
                    inner.cancelAll()
                    #expect(await sealed == 0)
                }
                #expect(await house.sealFault() != nil)
                group.cancelAll()
            }
        }
    }

    @Test func `a caller that is cancelled leaves, and the others stay`() throws {
        try withCipher { house in
            house.cipher.change { $0.hangs = true }
            await withTaskGroup(of: VaultFault?.self) { group in
                group.addTask(executorPreference: house.loop) { await house.sealFault() }
                try? await house.loop.eventually { house.cipher.now(\.batches) == [1] }
                async let other = house.seal(count: 1)
                group.cancelAll()
                #expect(await group.next() == .unavailable("cancelled"))
                house.cipher.change { $0.hangs = false }
                #expect(await other == 1)
            }
        }
    }

    @Test func `who leaves with a part of a call under way takes the rest along`() throws {
        var limits = CipherClientLimits()
        limits.opens.batchItemsMax = 2
        try withCipher(limits: limits) { house in
            let sealed = Array(repeating: SealedText(content: "v1:c|x", context: "c"), count: 7)
            house.cipher.change { $0.hangs = true }
            await withTaskGroup(of: VaultFault?.self) { group in
                group.addTask(executorPreference: house.loop) {
                    await house.fault { () async throws(VaultFault) in
                        _ = try await house.client.open(sealed)
                    }
                }
                try? await house.loop.eventually { await house.client.waitingItemCount == 3 }
                group.cancelAll()
                #expect(await group.next() == .unavailable("cancelled"))
            }
            async let other = house.client.open([sealed[0]])
            try await house.loop.eventually { await house.client.waitingItemCount == 4 }
            house.cipher.change { $0.hangs = false }
            #expect(try await other == [.text("x")])
            #expect(house.cipher.now(\.batches) == [2, 2, 1])
            #expect(await house.client.waitingItemCount == 0)
        }
    }
}

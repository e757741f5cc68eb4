import CipherAPI
import Encoding
import HTTP
import Program
import TestSupport
import Testing

@testable import Cipher

/// Chunks of bytes: sealed, opened and moved through the router.
struct ChunkTests {
    private static let bytes = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }

    private static func send(
        _ service: TestService, _ path: String, _ chunk: [UInt8], _ context: String,
        type: String? = "application/octet-stream"
    ) async throws -> TestService.Answer {
        try await service.send(
            .post, path,
            ChunkRequest.encode(chunk.span, context: Array(context.utf8).span),
            contentType: type)
    }

    @Test(arguments: [0, 1, 4_096, CipherLimits.chunkBytesMax])
    func `a chunk goes round through encrypt, rewrap and decrypt`(count: Int) throws {
        try withService { service in
            let chunk = Array(Self.bytes.prefix(count))
            let sealed = try await Self.send(service, "/encrypt/chunk", chunk, "p1:a")
            #expect(sealed.status == .ok)
            #expect(sealed.body.count == count + ChunkRequest.sealBytes)
            let version = SealedChunk.version(of: sealed.body.span)
            #expect(version == 1)
            let moved = try await Self.send(service, "/rewrap/chunk", sealed.body, "p1:a")
            #expect(moved.status == .ok && moved.body != sealed.body)
            for content in [sealed.body, moved.body] {
                let opened = try await Self.send(service, "/decrypt/chunk", content, "p1:a")
                #expect(opened.status == .ok && opened.body == chunk)
            }
        }
    }

    @Test func `a chunk that is changed, cut or moved does not open`() throws {
        try withService { service in
            let chunk = Array(Self.bytes.prefix(500))
            let sealed = try await Self.send(service, "/encrypt/chunk", chunk, "p1:0").body
            var changed: [[UInt8]] = [[], [0], Array(sealed.dropLast()), Array(sealed.dropFirst())]
            for place in stride(from: 0, to: sealed.count, by: 7) {
                var other = sealed
                other[place] ^= 1
                changed.append(other)
            }
            for content in changed {
                for path in ["/decrypt/chunk", "/rewrap/chunk"] {
                    let answer = try await Self.send(service, path, content, "p1:0")
                    #expect(answer.status.code == 422 && answer.code == "not_authentic")
                }
            }
            let moved = try await Self.send(service, "/decrypt/chunk", sealed, "p1:1")
            #expect(moved.code == "not_authentic")
        }
    }

    @Test func `a chunk over the limit, and a context that is cut, are refused`() throws {
        try withService { service in
            let long = Array(Self.bytes.prefix(CipherLimits.chunkBytesMax + 1))
            let answer = try await Self.send(service, "/encrypt/chunk", long, "p1:0")
            #expect(answer.status.code == 413 && answer.code == "too_large")
            let context = String(repeating: "a", count: CipherLimits.keyContextBytesMax + 1)
            let wide = try await Self.send(service, "/encrypt/chunk", [1], context)
            #expect(wide.code == "malformed")
            for body in [[], [0, 0, 0], [0, 0, 0, 1], [255, 255, 255, 255, 1]] as [[UInt8]] {
                let cut = try await service.send(
                    .post, "/decrypt/chunk", body, contentType: "application/octet-stream")
                #expect(cut.status.code == 400 && cut.code == "malformed")
            }
            let json = try await Self.send(
                service, "/encrypt/chunk", [1], "p1:0", type: "application/json")
            #expect(json.status.code == 415)
        }
    }

    @Test func `a chunk counts as one seal of its key, and a text is no chunk`() throws {
        try withService(limits: KeyBudget.SealLimits(most: 2)) { service in
            let text = try await service.result("/encrypt", text: "halo", context: "c")
            let read = SealedContent(Array(text.utf8).span)
            let content = try #require(read)
            let asChunk = SealedChunk.encode(version: 1, content.bytes)
            // Contexts tell texts and chunks apart.
            let opened = try await Self.send(service, "/decrypt/chunk", asChunk, "p1:c")
            #expect(opened.code == "not_authentic")
            _ = try await Self.send(service, "/encrypt/chunk", [1], "p1:0")
            let third = try await Self.send(service, "/encrypt/chunk", [1], "p1:0")
            #expect(third.status.code == 503 && third.code == "key_exhausted")
        }
    }
}

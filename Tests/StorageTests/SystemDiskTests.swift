import Encoding
import EventLoop
import Foundation
import InMemoryLogging
import Logging
import Testing
import TestSupport

@testable import Storage

/// The store on a real disk.
@Suite struct SystemDiskTests {
    private static func withFolder(
        _ body: @escaping @Sendable (EventLoop, String) async throws -> Void
    ) throws {
        let path = FileManager.default.temporaryDirectory.path + "/store-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try onLoop { loop in try await body(loop, path) }
    }

    private static func open(_ path: String, _ loop: EventLoop) async throws -> JSONStore {
        try await JSONStore.open(folder: path, loop: loop, logger: .silent)
    }

    @Test func `changes and folds outlive the store`() throws {
        try Self.withFolder { loop, path in
            let store = try await Self.open(path, loop)
            try await store.addUsers("a", "b")
            for time in 1...50 {
                try await store.add("m\(time)", from: "a", to: "b", at: Int64(time))
                if time == 25 { try await store.fold() }
            }
            #expect(try await store.history("a", "b").count == 50)
            await store.close()
            let reopened = try await Self.open(path, loop)
            #expect(try await reopened.history("a", "b").map(\.timestamp) == Array(1...50))
            await reopened.close()
        }
    }

    @Test func `a second owner is refused`() throws {
        try Self.withFolder { loop, path in
            let store = try await Self.open(path, loop)
            await #expect(throws: StorageFault.locked) { try await Self.open(path, loop) }
            await store.close()
            await (try await Self.open(path, loop)).close()
        }
    }

    @Test func `files are for their owner alone`() throws {
        try Self.withFolder { loop, path in
            let store = try await Self.open(path, loop)
            try await store.addUsers("a")
            try await store.fold()
            for name in try FileManager.default.contentsOfDirectory(atPath: path) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
            await store.close()
        }
    }

    @Test func `files that were copied back are closed to others`() throws {
        try Self.withFolder { loop, path in
            let store = try await Self.open(path, loop)
            try await store.addUsers("a")
            try await store.fold()
            await store.close()
            let names = ["db.json", "journal-000002", "db.json.before-takeover"]
            _ = FileManager.default.createFile(atPath: "\(path)/\(names[2])", contents: nil)
            for name in names { #expect(chmod("\(path)/\(name)", 0o644) == 0) }
            for isFirst in [true, false] {
                let log = InMemoryLogHandler()
                let reopened = try await JSONStore.open(
                    folder: path, loop: loop,
                    logger: .test(log))
                await reopened.close()
                for name in names {
                    let attributes = try FileManager.default.attributesOfItem(
                        atPath: "\(path)/\(name)")
                    #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
                    let line = "others could read \(path)/\(name): its mode is 0600 now"
                    #expect(log.entries.contains { "\($0.message)" == line } == isFirst)
                }
            }
        }
    }

    @Test func `jq reads the snapshot`() throws {
        try Self.withFolder { loop, path in
            let store = try await Self.open(path, loop)
            #expect(try Self.jq(".users + .chats | length", path) == "0")
            try await store.addUsers("a", "b", "quote\"backslash\\")
            try await store.commit(.befriended(UserID("a"), UserID("b")))
            try await store.commit(.keySeen(version: 2, fingerprint: "f"))
            try await store.add("m1", from: "a", to: "b", at: 1_795_431_829_155)
            try await store.add("m2", from: "b", to: "a", at: 1_795_431_829_156)
            await store.close()
            #expect(try Self.jq(".users[1].contacts[0]", path) == "\"a\"")
            #expect(try Self.jq(".chats[1].timestamp", path) == "1795431829156")
            #expect(try Self.jq(".users[2].username", path) == #""quote\"backslash\\""#)
            #expect(try Self.jq(".meta.keys[\"2\"]", path) == "\"f\"")
            #expect(try Self.jq("keys_unsorted | join(\" \")", path) == "\"users chats meta\"")
        }
    }

    private static func jq(_ filter: String, _ path: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["jq", "-c", filter, "\(path)/db.json"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

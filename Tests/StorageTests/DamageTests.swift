import Encoding
import EventLoop
import Glibc
import Testing

@testable import Storage

/// Flips each bit of each file of a small store, and cuts each file at each byte. A start then
/// fails, or finds everything except a torn last group.
@Suite struct DamageTests {
    private static let names = ["a", "b", "c"]
    private static let files = ["/data/db.json", "/data/journal-000002", "/data/journal-000003"]

    /// A snapshot, a sealed segment that a failed fold left behind, and the segment after it.
    private static func sample(_ loop: EventLoop) async throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let store = try await JSONStore.open(disk, loop)
        try await store.addUsers("a", "b")
        try await store.commit(.befriended(UserID("a"), UserID("b")))
        for time in 1...3 { try await store.add("m\(time)", from: "a", to: "b", at: Int64(time)) }
        try await store.commit(.keySeen(version: 1, fingerprint: "f"))
        try await store.fold()
        try await store.commit(.messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:B"))
        try await store.add("m4", from: "b", to: "a", at: 4)
        disk.disturb { $0.call == .rename ? .fail(ENOSPC) : nil }
        await #expect(throws: StorageFault.full) { try await store.fold() }
        disk.disturb(nil)
        try await store.addUsers("c")
        try await store.commit(.userChanged(.named("b")))
        try await store.add("m5", from: "b", to: "a", at: 5)
        #expect(disk.files == files + ["/data/lock"])
        return disk.afterKill()
    }

    /// Returns the contents after a start; nil if it is refused and changed nothing.
    private static func contents(
        _ disk: SimulatedDisk, with content: [UInt8], in file: String, _ loop: EventLoop
    ) async throws -> PlainModel? {
        let damaged = disk.afterKill()
        damaged.setContent(file, content)
        do {
            let store = try await JSONStore.open(damaged, loop)
            return try await PlainModel(of: store, users: names)
        } catch StorageFault.damaged {
            for name in files {
                #expect(damaged.content(name) == (name == file ? content : disk.content(name)))
            }
            return nil
        }
    }

    @Test(arguments: files)
    func `a flipped bit never makes different contents`(file: String) throws {
        try onLoop { loop in
            let disk = try await Self.sample(loop)
            let content = try #require(disk.content(file))
            let whole = try await Self.contents(disk, with: content, in: file, loop)
            var withoutLast = try #require(whole)
            withoutLast.messages[MessageID("m5")] = nil
            let lastGroup = Self.lastGroup(of: content)
            for index in content.indices {
                for bit in 0..<8 {
                    var flipped = content
                    flipped[index] ^= 1 << UInt8(bit)
                    let found = try await Self.contents(disk, with: flipped, in: file, loop)
                    guard let found else { continue }
                    #expect(
                        file == Self.files.last && index >= lastGroup && found == withoutLast,
                        "\(file), byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test(arguments: files)
    func `a file cut at any byte is refused or a torn tail`(file: String) throws {
        try onLoop { loop in
            let disk = try await Self.sample(loop)
            let content = try #require(disk.content(file))
            var last: PlainModel?
            for cut in content.indices {
                let found = try await Self.contents(
                    disk, with: Array(content.prefix(cut)), in: file, loop)
                guard let found else {
                    #expect(last == nil, "refused at \(cut), though not before")
                    continue
                }
                #expect(file == Self.files.last, "\(file) cut at \(cut)")
                // A change at a time, in their order.
                let isThere = [
                    found.users[UserID("c")] != nil, found.messages[MessageID("m2")] == nil,
                    found.messages[MessageID("m5")] != nil,
                ]
                #expect(isThere.drop { $0 }.allSatisfy { !$0 }, "cut at \(cut)")
                #expect(found.messages[MessageID("m4")] != nil)
                last = found
            }
        }
    }

    private static func lastGroup(of journal: [UInt8]) -> Int {
        let newlines = journal.indices.filter { journal[$0] == UInt8(ascii: "\n") }
        return newlines.count < 3 ? 0 : newlines[newlines.count - 3] + 1
    }
}

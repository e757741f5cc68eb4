import Foundation
import Testing

@testable import ChatCore

/// The audit trail's files, in a folder that is deleted afterwards.
@Suite struct AuditFilesTests {
    private static let day: Int64 = 86_400
    private static let now: Int64 = 1_800_000_000

    @Test func `lines are appended for the owner alone`() throws {
        try withTrail { trail in
            let rotations = [
                try trail.files.append(Array("one\n".utf8)),
                try trail.files.append(Array("two\n".utf8)),
            ]
            #expect(rotations == [false, false])
            #expect(trail.text() == "one\ntwo\n")
            #expect(trail.mode() == 0o600)
            chmod(trail.files.path, 0o644)
            _ = try trail.files.append(Array("three\n".utf8))
            #expect(trail.mode() == 0o600)
        }
    }

    @Test func `a file that grows too large is set aside under the next number`() throws {
        try withTrail { trail in
            let line = [UInt8](repeating: UInt8(ascii: "x"), count: 99_999) + [UInt8(ascii: "\n")]
            let rotations = try (0..<32).filter { _ in try trail.files.append(line) }
            #expect(rotations == [10, 20, 30])
            #expect(
                trail.names() == [
                    "audit.log", "audit.log.000001", "audit.log.000002", "audit.log.000003",
                ])
            let sizes = trail.names().map { trail.size($0) }
            #expect(sizes == [200_000, 1_000_000, 1_000_000, 1_000_000])
        }
    }

    @Test func `a restart continues after the highest number and leaves other files alone`() throws
    {
        try withTrail { trail in
            let others = [
                "audit.log.1", "audit.log.000007.gz", "audit.log.99999999999999999999",
                "audit.log.00000x", "other.log.000009",
            ]
            for name in others { trail.put(name, bytes: 1) }
            trail.put("audit.log.000041", bytes: 1)
            trail.put("audit.log", bytes: AuditFiles.fileBytesMax)
            let isRotated = try trail.files.append(Array("next\n".utf8))
            #expect(isRotated)
            #expect(trail.text() == "next\n")
            #expect(trail.size("audit.log.000042") == AuditFiles.fileBytesMax)
            _ = try trail.files.prune(at: Self.now + 1_000 * Self.day)
            #expect(Set(others).isSubset(of: trail.names()))
        }
    }

    @Test func `no file is ever written over`() throws {
        try withTrail { trail in
            trail.put("audit.log.999999999", bytes: 3)
            trail.put("audit.log", bytes: AuditFiles.fileBytesMax)
            _ = try trail.files.append(Array("next\n".utf8))
            trail.put("audit.log", bytes: AuditFiles.fileBytesMax)
            #expect(throws: AuditFault.self) { try trail.files.append(Array("more\n".utf8)) }
            #expect(trail.size("audit.log.999999999") == 3)
        }
    }

    @Test func `files go when their last line is too old`() throws {
        try withTrail(days: 90) { trail in
            for (number, age) in [(1, 200), (2, 91), (3, 89), (4, 1)] {
                trail.put("audit.log.00000\(number)", writtenAt: Self.now - Int64(age) * Self.day)
            }
            trail.put("audit.log", writtenAt: Self.now - 1)
            let surplus = try trail.files.prune(at: Self.now)
            #expect(surplus == 0)
            #expect(trail.names() == ["audit.log", "audit.log.000003", "audit.log.000004"])
        }
    }

    @Test func `a clock that is behind makes no file old`() throws {
        try withTrail(days: 1) { trail in
            for number in 1...3 { trail.put("audit.log.00000\(number)", writtenAt: Self.now) }
            trail.put("audit.log", writtenAt: 5)
            _ = try trail.files.prune(at: 10)
            #expect(trail.names().count == 4)
        }
    }

    /// In 2099, and back again with files that were written then.
    @Test func `a clock that runs ahead does not take the trail`() throws {
        try withTrail(days: 90) { trail in
            let ahead: Int64 = 4_070_908_800
            for number in 1...3 { trail.put("audit.log.00000\(number)", writtenAt: Self.now) }
            trail.put("audit.log", writtenAt: Self.now)
            _ = try trail.files.prune(at: ahead)
            trail.put("audit.log.000004", writtenAt: ahead)
            trail.put("audit.log", writtenAt: ahead)
            _ = try trail.files.prune(at: ahead + Self.day)
            #expect(trail.names().count == 5)

            trail.put("audit.log", writtenAt: Self.now + Self.day)
            _ = try trail.files.prune(at: Self.now + Self.day)
            #expect(trail.names().count == 5)
            _ = try trail.files.prune(at: Self.now + 91 * Self.day)
            #expect(trail.names() == ["audit.log", "audit.log.000004"])
        }
    }

    @Test func `the oldest of too many files are removed and counted`() throws {
        try withTrail { trail in
            for number in 1...200 {
                trail.put("audit.log.\(1_000_000 + number)", writtenAt: Self.now)
            }
            let surplus = try trail.files.prune(at: Self.now)
            #expect(surplus == 200 - (AuditFiles.filesMax - 1))
            #expect(trail.names().first == "audit.log.\(1_000_001 + surplus)")
            #expect(trail.names().count == AuditFiles.filesMax - 1)
        }
    }

    @Test func `the trail is written only to a regular file`() throws {
        try withTrail { trail in
            let path = trail.files.path
            for make in [
                { mkdir(path, 0o700) }, { mkfifo(path, 0o600) },
                { symlink("\(path).elsewhere", path) },
            ] {
                #expect(make() == 0)
                #expect(throws: AuditFault.self) { try trail.files.append(Array("x\n".utf8)) }
                remove(path)
            }
            let away = AuditFiles(path: "\(trail.folder)/missing/audit.log", days: 1)
            #expect(throws: AuditFault.self) { try away.append([]) }
        }
    }
}

struct TestTrail {
    let folder: String
    let files: AuditFiles

    func text() -> String {
        (try? String(contentsOfFile: files.path, encoding: .utf8)) ?? ""
    }

    func mode() -> mode_t {
        var status = stat()
        return stat(files.path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    func size(_ name: String) -> Int {
        (try? Data(contentsOf: URL(filePath: "\(folder)/\(name)")).count) ?? -1
    }

    func put(_ name: String, bytes: Int = 1, writtenAt time: Int64? = nil) {
        let path = "\(folder)/\(name)"
        try? Data(repeating: 0x78, count: bytes).write(to: URL(filePath: path))
        guard let time else { return }
        let moment = timespec(tv_sec: Int(time), tv_nsec: 0)
        utimensat(AT_FDCWD, path, [moment, moment], 0)
    }
}

func withTrail(days: Int = 90, _ body: (TestTrail) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appending(path: "audit-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(
        TestTrail(folder: folder, files: AuditFiles(path: "\(folder)/audit.log", days: days)))
}

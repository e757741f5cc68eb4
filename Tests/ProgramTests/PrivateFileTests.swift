import Glibc
import Program
import TestSupport
import Testing

struct PrivateFileTests {
    private let folder = TemporaryFolder(exists: true)

    private func file(
        _ name: String = "file", mode: UInt32 = 0o600, makesFolder: Bool = true
    ) -> PrivateFile {
        PrivateFile(
            path: "\(folder.path)/\(name)", bytesMax: 16, mode: mode, makesFolder: makesFolder
        ) { fault in
            guard case .failed(let step, let number) = fault else {
                return StartFailure("\(fault)")
            }
            return StartFailure("\(step) \(number)")
        }
    }

    private func text(_ file: PrivateFile) throws -> String? {
        try file.read { String(decoding: $0.withUnsafeBufferPointer { Array($0) }, as: UTF8.self) }
    }

    private func replace(_ file: PrivateFile, with text: String) throws {
        try file.change(decode: { _ in }) { _ in Array(text.utf8) }
    }

    @Test func `a missing file reads as nil and is created once`() throws {
        let file = file("a/b/file")
        #expect(try text(file) == nil)
        #expect(try file.create { Array("first".utf8) })
        #expect(try TestFile.mode(of: file.path) == 0o600)
        #expect(try TestFile.mode(of: "\(folder.path)/a") == 0o700)
        let isNew = try file.create {
            Issue.record("a file that is there is made again")
            return []
        }
        #expect(!isNew)
        #expect(try text(file) == "first")
    }

    @Test func `a change replaces the contents and leaves no second file`() throws {
        let file = file()
        try replace(file, with: "one")
        try file.change(decode: { $0.count }) { count in Array("\(count ?? 0) bytes".utf8) }
        #expect(try text(file) == "3 bytes")
        #expect(!TestFile.exists(file.path + PrivateFile.temporarySuffix))
    }

    @Test func `a change that throws leaves the file as it was`() throws {
        let file = file()
        try replace(file, with: "one")
        #expect(throws: StartFailure("no")) {
            try file.change(decode: { _ in }) { _ throws(StartFailure) in throw StartFailure("no") }
        }
        #expect(try text(file) == "one")
    }

    @Test func `a leftover of a killed change is replaced`() throws {
        let file = file()
        try TestFile.write(
            Array("half".utf8), to: file.path + PrivateFile.temporarySuffix, mode: 0o644)
        try replace(file, with: "whole")
        #expect(try text(file) == "whole")
        #expect(try TestFile.mode(of: file.path) == 0o600)
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o620, 0o601])
    func `a file that others can reach is refused`(mode: Int) throws {
        let file = file()
        try TestFile.write(Array("key".utf8), to: file.path, mode: mode)
        #expect(throws: StartFailure("readableByOthers")) { try text(file) }
    }

    @Test func `a longer file, a folder and a pipe are refused`() throws {
        let file = file()
        try TestFile.write([UInt8](repeating: 0, count: 17), to: file.path)
        #expect(throws: StartFailure("tooLong")) { try text(file) }
        unlink(file.path)
        mkdir(file.path, 0o700)
        #expect(throws: StartFailure("notRegular")) { try text(file) }
        rmdir(file.path)
        // Opening one must not wait for a writer.
        mkfifo(file.path, 0o600)
        #expect(throws: StartFailure("notRegular")) { try text(file) }
    }

    @Test func `a fault names its step`() throws {
        let missing = file("none/file", makesFolder: false)
        #expect(throws: StartFailure("lockFolder \(ENOENT)")) {
            try missing.create { [1] }
        }
        try TestFile.write([1], to: "\(folder.path)/plain")
        #expect(throws: StartFailure("find \(ENOTDIR)")) {
            try file("plain/file").create { [1] }
        }
        #expect(throws: StartFailure("read \(ENOTDIR)")) {
            try text(file("plain/file"))
        }
        mkdir("\(folder.path)/full\(PrivateFile.temporarySuffix)", 0o700)
        #expect(throws: StartFailure("create \(EEXIST)")) {
            try file("full").create { [1] }
        }
    }

    @Test func `a file is written with the mode that was asked`() throws {
        let file = file(mode: 0o400)
        #expect(try file.create { [1] })
        #expect(try TestFile.mode(of: file.path) == 0o400)
    }

    @Test(.enabled(if: geteuid() == 0)) func `a changed file keeps its owner`() throws {
        let file = file()
        try replace(file, with: "one")
        try #require(chown(file.path, 65532, 65533) == 0)
        try replace(file, with: "two")
        var status = stat()
        try #require(stat(file.path, &status) == 0)
        #expect(status.st_uid == 65532)
        #expect(status.st_gid == 65533)
    }

    @Test func `of many that create a file at once one does, and all read it whole`() async throws {
        let file = file()
        let created = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<16 {
                group.addTask {
                    let isNew = try file.create { Array("\(100_000 + number)".utf8) }
                    let count = try file.read { $0.count }
                    #expect(count == 6)
                    return isNew
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(created == 1)
    }
}

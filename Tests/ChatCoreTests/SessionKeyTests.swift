import Cryptography
import Program
import TestSupport
import Testing

@testable import ChatCore

struct SessionKeyTests {
    private let folder = TemporaryFolder(exists: true)
    private var path: String { "\(folder.path)/session.key" }

    @Test func `the first start makes a key and the next one reads it`() throws {
        #expect(try SessionKey.readOrCreate(path).isNew)
        let bytes = try TestFile.contents(of: path)
        #expect(bytes.count == 32)
        let (key, isNew) = try SessionKey.readOrCreate(path)
        #expect(!isNew)
        let isSame = key.equals(bytes.span)
        #expect(isSame)
    }

    @Test(arguments: [0, 31, 33]) func `a key of another length is refused`(count: Int) throws {
        try TestFile.write([UInt8](repeating: 1, count: count), to: path)
        #expect(
            throws: StartFailure(
                "\(path) is not a session key of 32 bytes: delete it, and all sessions end")
        ) { try SessionKey.readOrCreate(path) }
    }

    @Test func `a key that others may read, or that is too long, is refused`() throws {
        try TestFile.write([UInt8](repeating: 1, count: 32), to: path, mode: 0o640)
        #expect(throws: StartFailure("others may read \(path): run chmod 600 on it")) {
            try SessionKey.readOrCreate(path)
        }
        try TestFile.write([UInt8](repeating: 1, count: 4097), to: path)
        #expect(throws: StartFailure("secret file \(path) is longer than 4096 bytes")) {
            try SessionKey.readOrCreate(path)
        }
    }
}

package import Foundation

/// A path for a folder that is deleted with its last owner. A suite that stores one has it deleted
/// after each test.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter exists: Whether the folder is made now.
    package init(exists: Bool = false) {
        path = NSTemporaryDirectory() + "test-\(UUID().uuidString)"
        if exists { mkdir(path, 0o700) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Calls `body` with the path of a new folder, and deletes the folder afterwards.
    package static func with<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = TemporaryFolder(exists: true)
        return try withExtendedLifetime(folder) { try body(folder.path) }
    }
}

/// Files that tests look at and spoil.
package enum TestFile {
    /// Returns the permission bits, such as 0o600.
    package static func mode(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? Int) ?? -1
    }

    package static func contents(of path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path)))
    }

    /// Writes the bytes over whatever the file held, and sets its mode.
    package static func write(_ bytes: [UInt8], to path: String, mode: Int = 0o600) throws {
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    package static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }
}

/// Files of `Tests/Fixtures`.
package enum Fixture {
    /// Returns where the file lies; `name` may hold folders.
    package static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures").appending(path: name)
    }
}

extension [UInt8] {
    /// The bytes of pairs of hexadecimal digits, as published test vectors write them.
    package init(hex: String) {
        let digits = Array<Character>(hex)
        self = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
    }
}

/// The layout of `db.json`, a JSON document with one record a line:
///
///     {"users": [
///     {"id":"…",…},
///     {"id":"…",…}
///     ], "chats": [
///     {"id":"…",…}
///     ],
///     "meta": {…,"checksum":"0a1b2c3d"}}
///
/// The file is valid if and only if all of this holds:
///
/// - Every byte is at the place where the writer puts it.
/// - The checksum (CRC-32C) is that of all bytes before its digits.
/// - The counts in the last line are right.
enum SnapshotFormat {
    static let beforeUsers: StaticString = "{\"users\": [\n"
    static let betweenUsersAndMessages: StaticString = "], \"chats\": [\n"
    static let afterMessages: StaticString = "],\n"
    /// The longest line in bytes. It holds a user with half a million contacts.
    static let lineBytesMax = 1 << 25
    /// The longest record in bytes, without its comma and newline.
    static let recordBytesMax = lineBytesMax - 2

    static func bytes(_ text: StaticString) -> [UInt8] {
        Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

/// `db.json`, a JSON document with one record a line:
///
///     {"users": [
///     {"id":"…",…},
///     {"id":"…",…}
///     ], "chats": [
///     {"id":"…",…}
///     ],
///     "meta": {…,"checksum":"0a1b2c3d"}}
///
/// Valid if and only if every byte is where the writer puts it, the checksum (CRC-32C) is that of
/// all bytes that stand before its digits, and the counts in the last line are right.
enum SnapshotFormat {
    static let opening: StaticString = "{\"users\": [\n"
    static let betweenUsersAndMessages: StaticString = "], \"chats\": [\n"
    static let afterMessages: StaticString = "],\n"
    /// The longest line: a user with half a million contacts.
    static let lineBytesMax = 1 << 25
    /// Without its comma and newline.
    static let recordBytesMax = lineBytesMax - 2

    static func bytes(_ text: StaticString) -> [UInt8] {
        Array(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

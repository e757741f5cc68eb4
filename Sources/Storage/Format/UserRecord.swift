internal import Encoding

/// A user's JSON:
/// `{"id":"…","username":"…","password":"$2b$10$…","contacts":["…",…],"epoch":0}`
enum UserRecord {
    static func json(_ user: User) -> [UInt8] {
        var writer = JSONWriter(capacity: 192 + 40 * user.contacts.count)
        writer.beginObject()
        writer.field("id", user.id.text)
        writer.field("username", user.username)
        writer.field("password", user.password)
        writer.name("contacts")
        writer.beginArray()
        for contact in user.contacts { writer.string(contact.text) }
        writer.endArray()
        writer.field("epoch", user.epoch)
        writer.endObject()
        return writer.bytes
    }

    /// Reads the record at the scanner's place and leaves the scanner behind it.
    static func read(
        _ scanner: inout JSONScanner, in bytes: Span<UInt8>
    ) throws(JSONFault) -> User {
        try scanner.expect("{\"id\":", in: bytes)
        let id = UserID(try scanner.string(in: bytes))
        try scanner.expect(",\"username\":", in: bytes)
        let username = try scanner.string(in: bytes)
        try scanner.expect(",\"password\":", in: bytes)
        let password = try scanner.string(in: bytes)
        try scanner.expect(",\"contacts\":[", in: bytes)
        var contacts: [UserID] = []
        if !scanner.skip("]", in: bytes) {
            repeat {
                contacts.append(UserID(try scanner.string(in: bytes)))
            } while scanner.skip(",", in: bytes)
            try scanner.expect("]", in: bytes)
        }
        try scanner.expect(",\"epoch\":", in: bytes)
        let epoch = try scanner.integer(in: bytes)
        try scanner.expect("}", in: bytes)
        return User(
            id: id, username: username, password: password, contacts: contacts,
            epoch: Int(epoch))
    }
}

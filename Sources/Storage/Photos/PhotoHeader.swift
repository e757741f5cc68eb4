package import Encoding

/// The first line of a photo's file.
///
/// ```
/// {"photo":1,"id":"…","senderId":"…","receiverId":"…","type":"image/jpeg","bytes":300000,"at":…}
/// the sealed chunks: all of `sealedChunkBytes` but the last, which may be shorter
/// CRC-32C of all before it, in 8 hexadecimal digits, and a line feed
/// ```
package struct PhotoHeader: Sendable, Equatable {
    /// The bytes of a photo in each chunk but the last.
    package static let chunkBytes = 64 << 10
    /// The bytes by which a sealed chunk is longer.
    package static let sealBytes = 32
    /// The media types of photos. Another one would be served as it stands.
    private static let types: [ByteText] = ["image/jpeg", "image/webp", "image/png"]
    /// The longest header: two ids of any length that a user's id may have.
    static let bytesMax = 8 << 10
    static let checksumBytes = 9

    package let id: PhotoID
    package let sender: UserID
    package let receiver: UserID
    /// The media type, told by the photo's first bytes.
    package let type: ByteText
    /// The length of the photo in bytes, from 1 on.
    package let bytes: Int
    /// The time of the upload in milliseconds since 1970, or 0 if the clock did not know it.
    package let uploadedAt: Int64

    package init(
        id: PhotoID, sender: UserID, receiver: UserID, type: ByteText, bytes: Int,
        uploadedAt: Int64
    ) {
        self.id = id
        self.sender = sender
        self.receiver = receiver
        self.type = type
        self.bytes = bytes
        self.uploadedAt = uploadedAt
    }

    package var chunkCount: Int { (bytes + Self.chunkBytes - 1) / Self.chunkBytes }

    /// Returns the number of the photo's bytes in a chunk.
    package func byteCount(ofChunk number: Int) -> Int {
        min(Self.chunkBytes, bytes - number * Self.chunkBytes)
    }

    /// The length of the whole file.
    var fileBytes: Int64 {
        Int64(line.count + bytes + chunkCount * Self.sealBytes + Self.checksumBytes)
    }

    /// Returns the range of a sealed chunk behind the header.
    func range(ofChunk number: Int) -> Range<Int> {
        let start = number * (Self.chunkBytes + Self.sealBytes)
        return start..<(start + byteCount(ofChunk: number) + Self.sealBytes)
    }

    /// Returns the version of the key that sealed a chunk: its first four bytes, big-endian.
    package static func keyVersion(ofSealed chunk: [UInt8]) -> Int {
        chunk.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }

    var line: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("photo", 1)
        writer.field("id", id.text)
        writer.field("senderId", sender.text)
        writer.field("receiverId", receiver.text)
        writer.field("type", type)
        writer.field("bytes", bytes)
        writer.field("at", uploadedAt)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// Reads the header that a file begins with. Returns nil if it does not begin with one.
    init?(beginning start: [UInt8]) {
        guard let end = start.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let text = Array(start[..<end])
        guard let object = (try? JSONValue.parse(text.span))?.object,
            object["photo"]?.integer == 1, let id = object["id"]?.text.flatMap({ PhotoID($0) }),
            let sender = object["senderId"]?.text, let receiver = object["receiverId"]?.text,
            let type = object["type"]?.text, let bytes = object["bytes"]?.integer,
            let time = object["at"]?.integer, bytes > 0, bytes <= 1 << 30,
            Self.types.contains(type)
        else { return nil }
        self.init(
            id: id, sender: UserID(sender), receiver: UserID(receiver), type: type,
            bytes: Int(bytes), uploadedAt: time)
        // One spelling alone, so that the length of the line is known.
        guard line == Array(start[...end]) else { return nil }
    }
}

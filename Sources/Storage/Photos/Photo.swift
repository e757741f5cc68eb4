package import Encoding

/// Identifies a photo for good: a UUID of version 4, in lower case.
package struct PhotoID: Hashable, Sendable, CustomStringConvertible {
    package let text: ByteText

    /// Returns nil unless the text is a UUID of version 4, in either case.
    package init?(_ text: ByteText) {
        let bytes = text.utf8.span
        guard UUIDText.isUUID(bytes), bytes[14] == UInt8(ascii: "4"),
            let variant = Hex.value(of: bytes[19]), variant >> 2 == 0b10
        else { return nil }
        self.text = text.asciiLowercased
    }

    package var description: String { text.string }
}

/// The photo that a message shows.
package struct Photo: Sendable, Equatable {
    /// The widths and heights that a photo may have, in pixels.
    package static let sides = 1...10_000

    package let id: PhotoID
    private let size: (UInt16, UInt16)
    package var width: Int { Int(size.0) }
    package var height: Int { Int(size.1) }

    /// Returns nil if a side is out of range.
    package init?(id: PhotoID, width: Int, height: Int) {
        guard Self.sides.contains(width), Self.sides.contains(height) else { return nil }
        self.id = id
        size = (UInt16(width), UInt16(height))
    }

    package static func == (one: Photo, other: Photo) -> Bool {
        one.id == other.id && one.size == other.size
    }
}

extension JSONWriter {
    /// Writes the member `photo` into an object.
    package mutating func field(photo: Photo) {
        name("photo")
        beginObject()
        field("id", photo.id.text)
        field("width", photo.width)
        field("height", photo.height)
        endObject()
    }
}

extension Photo {
    /// Reads `,"photo":{"id":"…","width":1,"height":1}` at the scanner's offset. Returns nil if it
    /// does not stand there.
    init?(
        _ scanner: inout JSONScanner, in bytes: Span<UInt8>
    ) throws(JSONFault) {
        guard scanner.skip(",\"photo\":{\"id\":", in: bytes) else { return nil }
        let start = scanner.offset
        let id = try scanner.rawString(in: bytes)
        try scanner.expect(",\"width\":", in: bytes)
        let width = try scanner.integer(in: bytes)
        try scanner.expect(",\"height\":", in: bytes)
        let height = try scanner.integer(in: bytes)
        try scanner.expect("}", in: bytes)
        guard let text = try? id.text(in: bytes), let known = PhotoID(text), known.text == text,
            let photo = Photo(id: known, width: Int(clamping: width), height: Int(clamping: height))
        else { throw JSONFault(offset: start, problem: .unexpectedByte) }
        self = photo
    }

    /// Reads the member of an edited record. Returns nil if it is no photo.
    init?(_ value: JSONValue) {
        guard let object = value.object, object.members.count == 3,
            let text = object["id"]?.text, let id = PhotoID(text), id.text == text,
            let width = object["width"]?.integer, let height = object["height"]?.integer
        else { return nil }
        self.init(id: id, width: Int(clamping: width), height: Int(clamping: height))
    }
}

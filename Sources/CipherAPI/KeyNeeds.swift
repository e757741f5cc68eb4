import Encoding

/// The body of `POST /keys/needed`: `{"needed": [{"version": 1, "contents": 17}, …]}`, how many
/// stored contents each version sealed. Versions that are not named sealed none. Of several numbers
/// for a version the largest counts.
package struct KeyNeeds: Sendable, Equatable {
    package static let target = "/keys/needed"

    package let contents: [Int: Int64]

    package init(_ contents: [Int: Int64]) {
        self.contents = contents
    }

    package init(_ body: Span<UInt8>) throws(CipherFault) {
        guard let object = (try? JSONValue.parse(body))?.object, object.members.count == 1,
            let values = object["needed"]?.array, values.count <= CipherLimits.batchItemsMax
        else { throw .malformed("needed must be an array, and stand alone") }
        var contents: [Int: Int64] = [:]
        for value in values {
            guard let each = value.object, each.members.count == 2,
                let version = each["version"]?.wholeNumber.flatMap(Int.init(exactly:)),
                CipherLimits.keyVersions.contains(version),
                let count = each["contents"]?.wholeNumber, (0..<(1 << 53)).contains(count)
            else { throw .malformed("each has a version, and contents from 0 on") }
            contents[version] = max(count, contents[version] ?? 0)
        }
        self.contents = contents
    }

    package var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("needed")
        writer.beginArray()
        for (version, count) in contents.sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.field("version", version)
            writer.field("contents", count)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

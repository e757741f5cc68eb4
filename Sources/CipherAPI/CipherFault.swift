package import Encoding

/// One error of an answer, or of a failed item in a batch.
package struct CipherFault: Error, Sendable, Equatable {
    package let code: CipherErrorCode
    /// English, for logs. It never holds a part of a text or a key.
    package let sentence: String

    package init(_ code: CipherErrorCode, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    static func malformed(_ sentence: String) -> CipherFault {
        CipherFault(.malformed, sentence)
    }

    /// Reads `{error, code}`. An unknown code becomes `internal`.
    package init?(_ value: JSONValue) {
        guard let object = value.object, let sentence = object["error"]?.text,
            let code = object["code"]?.text
        else { return nil }
        self.init(CipherErrorCode(named: code) ?? .internal, sentence.string)
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("error", sentence)
        writer.field("code", code.rawValue)
        writer.endObject()
    }

    package var encoded: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }
}

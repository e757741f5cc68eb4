package import Encoding

/// One text to encrypt, decrypt or rewrap: `{"text": …, "keyContext": …}`.
package struct CipherItem: Sendable, Equatable {
    /// The plaintext; for decrypt and rewrap the content.
    package let text: JSONText
    /// The additional authenticated data that the content is bound to. Absent, null and empty are
    /// the same.
    package let keyContext: JSONText

    package init(text: JSONText, keyContext: JSONText = "") {
        self.text = text
        self.keyContext = keyContext
    }

    /// Reads an item. It refuses unknown members: a misspelt `keyContext` must not seal unbound.
    package init(_ value: JSONValue) throws(CipherFault) {
        guard let object = value.object else { throw .malformed("an item must be an object") }
        var text: JSONText?
        var keyContext: JSONText = ""
        for member in object.members {
            switch (member.name, member.value) {
            case ("text", .string(let value)): text = JSONText(value)
            case ("keyContext", .string(let value)): keyContext = JSONText(value)
            case ("keyContext", .null): break
            case ("text", _): throw .malformed("text must be a string")
            case ("keyContext", _): throw .malformed("keyContext must be a string")
            case _: throw .malformed("only text, keyContext and batch are known")
            }
        }
        guard let text else { throw .malformed("text is missing") }
        guard keyContext.utf8Count <= CipherLimits.keyContextBytesMax else {
            throw .malformed("keyContext is longer than \(CipherLimits.keyContextBytesMax) bytes")
        }
        self.init(text: text, keyContext: keyContext)
    }

    /// Reads an item in the exact form of `write`, and moves the scanner past it. Nil for any other
    /// form. `bytes` must be UTF-8 as a whole.
    init?(canonical scanner: inout JSONScanner, in bytes: [UInt8]) {
        let span = bytes.span
        guard scanner.skip("{\"text\":", in: span),
            let text = try? JSONText(scanner.rawString(in: span), inUTF8: bytes)
        else { return nil }
        var keyContext: JSONText = ""
        if scanner.skip(",\"keyContext\":", in: span) {
            guard let context = try? JSONText(scanner.rawString(in: span), inUTF8: bytes),
                context.utf8Count <= CipherLimits.keyContextBytesMax
            else { return nil }
            keyContext = context
        }
        guard scanner.skip("}", in: span) else { return nil }
        self.init(text: text, keyContext: keyContext)
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("text", text)
        if !keyContext.isEmpty { writer.field("keyContext", keyContext) }
        writer.endObject()
    }
}

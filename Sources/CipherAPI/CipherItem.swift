package import Encoding

/// One text to encrypt, decrypt or rewrap: `{"text": …, "keyContext": …, "newKeyContext": …}`.
package struct CipherItem: Sendable, Equatable {
    /// The plaintext; for decrypt and rewrap the content.
    package let text: JSONText
    /// The additional authenticated data that the content is bound to. Absent, null and empty are
    /// the same.
    package let keyContext: JSONText
    /// For a rewrap: the data that the new content is bound to. Nil for `keyContext`.
    package var newKeyContext: JSONText? { move?.context }
    /// A reference, since few items have one and all are copied.
    private let move: Move?

    private final class Move: Sendable {
        let context: JSONText

        init(to context: JSONText) {
            self.context = context
        }
    }

    package init(text: JSONText, keyContext: JSONText = "", newKeyContext: JSONText? = nil) {
        self.text = text
        self.keyContext = keyContext
        move = newKeyContext.map { Move(to: $0) }
    }

    package static func == (one: CipherItem, other: CipherItem) -> Bool {
        one.text == other.text && one.keyContext == other.keyContext
            && one.newKeyContext == other.newKeyContext
    }

    /// Reads an item. It refuses unknown members: a misspelt `keyContext` must not seal unbound.
    package init(_ value: JSONValue) throws(CipherFault) {
        guard let object = value.object else { throw .malformed("an item must be an object") }
        var text: JSONText?
        var keyContext: JSONText = ""
        var newKeyContext: JSONText?
        for member in object.members {
            switch (member.name, member.value) {
            case ("text", .string(let value)): text = JSONText(value)
            case ("keyContext", .string(let value)): keyContext = JSONText(value)
            case ("keyContext", .null): break
            case ("newKeyContext", .string(let value)): newKeyContext = JSONText(value)
            case ("newKeyContext", .null): break
            case ("text", _): throw .malformed("text must be a string")
            case ("keyContext", _): throw .malformed("keyContext must be a string")
            case ("newKeyContext", _): throw .malformed("newKeyContext must be a string")
            case _: throw .malformed("only text, keyContext, newKeyContext and batch are known")
            }
        }
        guard let text else { throw .malformed("text is missing") }
        for (name, context) in [("keyContext", keyContext), ("newKeyContext", newKeyContext ?? "")]
        where context.utf8Count > CipherLimits.keyContextBytesMax {
            throw .malformed("\(name) is longer than \(CipherLimits.keyContextBytesMax) bytes")
        }
        self.init(text: text, keyContext: keyContext, newKeyContext: newKeyContext)
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
        var newKeyContext: JSONText?
        if scanner.skip(",\"newKeyContext\":", in: span) {
            guard let context = try? JSONText(scanner.rawString(in: span), inUTF8: bytes),
                context.utf8Count <= CipherLimits.keyContextBytesMax
            else { return nil }
            newKeyContext = context
        }
        guard scanner.skip("}", in: span) else { return nil }
        self.init(text: text, keyContext: keyContext, newKeyContext: newKeyContext)
    }

    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("text", text)
        if !keyContext.isEmpty { writer.field("keyContext", keyContext) }
        if let newKeyContext { writer.field("newKeyContext", newKeyContext) }
        writer.endObject()
    }
}

import Chat
import CipherAPI
import Encoding
import Storage

/// Items as they stand in a request; each throws what Cipher would refuse for its size.
extension CipherClient {
    static let tooLong = VaultFault.refused(
        "a text or its context is longer than Cipher takes")

    static func encode(_ items: [CipherItem]) throws(VaultFault) -> EncodedItems {
        var encoded = EncodedItems(capacity: items.count * 256)
        for item in items {
            guard item.keyContext.utf8Count <= CipherLimits.keyContextBytesMax else {
                throw tooLong
            }
            encoded.append(item)
            try checkLast(of: encoded)
        }
        return encoded
    }

    static func encode(_ messages: RecordedMessages) throws(VaultFault) -> EncodedItems {
        var encoded = EncodedItems(capacity: messages.count * 256)
        for run in messages.runs {
            let bytes = run.bytes.span
            for record in run.records {
                let context = MessageContext.parts(record)
                try check(context, in: bytes)
                encoded.append(
                    text: record.content, keyContext: context, by: MessageContext.separator,
                    in: bytes)
                try checkLast(of: encoded)
            }
        }
        return encoded
    }

    /// What is short as it stands is short; with its escapes undone it may be shorter.
    private static func check(
        _ context: (RawJSONString, RawJSONString, RawJSONString), in bytes: Span<UInt8>
    ) throws(VaultFault) {
        let (one, other, third) = context
        let count = one.inside.count + other.inside.count + third.inside.count + 2
        if count <= CipherLimits.keyContextBytesMax { return }
        var plainCount = 2
        for text in [one, other, third] {
            plainCount += (try? text.text(in: bytes))?.utf8Count ?? 0
        }
        guard plainCount <= CipherLimits.keyContextBytesMax else { throw tooLong }
    }

    private static func checkLast(of items: EncodedItems) throws(VaultFault) {
        guard items.byteCount(of: (items.count - 1)..<items.count) <= CipherLimits.bodyBytesMax
        else { throw tooLong }
    }
}

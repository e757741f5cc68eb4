import Chat
import CipherAPI
import Encoding
import Storage

/// Encodes items for a request. Throws `tooLong` for a size that Cipher would refuse.
extension CipherClient {
    static let tooLong = VaultFault.refused(
        "a text or its context is longer than Cipher takes")

    static func encode(_ items: [CipherItem]) throws(VaultFault) -> EncodedItems {
        var encoded = EncodedItems(capacity: items.count * 256)
        for item in items {
            let contexts = [item.keyContext, item.newKeyContext ?? ""]
            guard contexts.allSatisfy({ $0.utf8Count <= CipherLimits.keyContextBytesMax }) else {
                throw tooLong
            }
            encoded.append(item)
            try checkLast(of: encoded)
        }
        return encoded
    }

    static func encode(_ messages: RecordedMessages) throws(VaultFault) -> EncodedItems {
        var encoded = EncodedItems(capacity: messages.count * 256)
        try messages.forEach { message throws(VaultFault) in
            guard MessageContext.byteCount(of: message) <= CipherLimits.keyContextBytesMax else {
                throw tooLong
            }
            encoded.beginItem()
            message.writeContent(as: "text", to: &encoded.writer)
            MessageContext.write(of: message, as: "keyContext", to: &encoded.writer)
            encoded.endItem()
            try checkLast(of: encoded)
        }
        return encoded
    }

    private static func checkLast(of items: EncodedItems) throws(VaultFault) {
        guard items.byteCount(of: (items.count - 1)..<items.count) <= CipherLimits.bodyBytesMax
        else { throw tooLong }
    }
}

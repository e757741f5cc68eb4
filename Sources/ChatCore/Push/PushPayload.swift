import Cryptography
import Encoding
import Storage
import WebPush

/// The content of a push message: `{"senderId":"…","senderUsername":"…","receiverId":"…"}`. It
/// says nothing of the text.
enum PushPayload {
    /// Returns the content. Ids or a name that are too long, as an earlier system may have given
    /// them, are left out.
    static func content(from sender: User, to receiver: UserID) -> [UInt8] {
        var texts: [(StaticString, ByteText)] = [
            ("senderId", sender.id.text), ("senderUsername", sender.username),
            ("receiverId", receiver.text),
        ]
        while true {
            let json = content(texts)
            if json.count <= PushMessage.contentBytesMax { return json }
            let longest = texts.indices.max { texts[$0].1.utf8Count < texts[$1].1.utf8Count }
            texts.remove(at: longest ?? 0)
        }
    }

    private static func content(_ texts: [(StaticString, ByteText)]) -> [UInt8] {
        var writer = JSONWriter(capacity: 192)
        writer.beginObject()
        for (name, text) in texts { writer.field(name, text) }
        writer.endObject()
        return writer.bytes
    }
}

/// The topics of messages (RFC 8030 §5.4), by which a service keeps only the newest of a
/// conversation. A keyed hash tells the service neither who writes nor to whom.
struct PushTopics: Sendable {
    /// A topic has at most 32 characters of URL-safe base64.
    private static let byteCount = 24

    private let key: Secret

    /// - Parameter pushKey: The private key of push messages. Replicas share it.
    init(pushKey: Secret) {
        let info = Array("push topic v1".utf8)
        let salt: [UInt8] = []
        key = HKDFSHA256.key(
            from: pushKey, salt: salt.span, info: info.span, count: HMACSHA256.byteCount)
    }

    func topic(from sender: UserID, to receiver: UserID) -> String {
        let (sender, receiver) = (sender.text.asciiLowercased, receiver.text.asciiLowercased)
        let message = Array("\(sender.utf8Count) \(sender)\(receiver)".utf8)
        let code = HMACSHA256.code(of: message.span, key: key)
        return Base64.encodeURL(code.span.extracting(first: Self.byteCount))
    }
}

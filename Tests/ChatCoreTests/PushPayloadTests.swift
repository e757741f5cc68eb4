import Cryptography
import Encoding
import Storage
import Testing
import WebPush

@testable import ChatCore

@Suite struct PushPayloadTests {
    private static func object(_ sender: User, _ receiver: UserID) throws -> JSONObject {
        let content = PushPayload.content(from: sender, to: receiver)
        #expect(content.count <= PushMessage.contentBytesMax)
        return try #require(try JSONValue.parse(content.span).object)
    }

    @Test func `the content names both people`() throws {
        let ana = User(id: UserID("id-ana"), username: "Ana", password: "")
        let found = try Self.object(ana, UserID("id-budi"))
        #expect(found.members.count == 3)
        #expect(found["senderId"]?.text == "id-ana" && found["senderUsername"]?.text == "Ana")
        #expect(found["receiverId"]?.text == "id-budi")
    }

    @Test func `ids that are too long leave the name`() throws {
        let long = String(repeating: "\"", count: 2_000)
        let ana = User(id: UserID(ByteText(long)), username: "Ana", password: "")
        let found = try Self.object(ana, UserID(ByteText(long + "b")))
        #expect(found.members.map(\.name) == ["senderUsername"])
    }

    @Test func `topics differ by direction and key, and tell nothing`() {
        var bytes = [UInt8](repeating: 1, count: 32)
        let topics = PushTopics(pushKey: Secret(taking: &bytes))
        bytes = [UInt8](repeating: 2, count: 32)
        let others = PushTopics(pushKey: Secret(taking: &bytes))
        let (ana, budi) = (UserID("ana"), UserID("budi"))
        let found = [
            topics.topic(from: ana, to: budi), topics.topic(from: budi, to: ana),
            topics.topic(from: UserID("anab"), to: UserID("udi")),
            others.topic(from: ana, to: budi),
        ]
        #expect(Set(found).count == 4)
        #expect(topics.topic(from: ana, to: budi) == found[0])
        for topic in found {
            #expect(topic.utf8.count == 32)
            let characters = Array(topic.utf8)
            #expect(Base64.decodeURL(characters.span)?.count == 24)
        }
    }

    @Test func `keys are read with and without padding, and checked`() throws {
        let pair = try P256KeyPair.make()
        let point = pair.publicKey
        let key = Base64.encodeURL(point.span)
        let bytes = [UInt8](repeating: 7, count: 16)
        let secret = Base64.encodeURL(bytes.span)
        for end in ["", "=", "=="] {
            let keys = SubscriptionKeys(
                publicKey: ByteText(key + end), authentication: ByteText(secret + end))
            #expect(keys?.publicKey == pair.publicKey)
        }
        for (wrongKey, wrongSecret) in [
            ("", secret), (key, ""), (secret, key), (key + "A", secret),
        ] {
            let keys = SubscriptionKeys(
                publicKey: ByteText(wrongKey), authentication: ByteText(wrongSecret))
            #expect(keys == nil)
        }
    }
}

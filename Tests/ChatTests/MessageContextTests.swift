import Encoding
import Storage
import Testing

@testable import Chat

struct MessageContextTests {
    private func context(
        _ sender: ByteText, _ receiver: ByteText, _ id: ByteText, _ form: ContextForm
    ) -> ByteText {
        MessageContext.text(UserID(sender), UserID(receiver), MessageID(id), form)
    }

    @Test func `a context names each id behind its length in bytes`() {
        #expect(context("anna", "b", "pesan-12345", .lengths) == "2:4:anna1:b11:pesan-12345")
        #expect(context("", "é", "0123456789", .lengths) == "2:0:2:é10:0123456789")
    }

    @Test func `ids that are joined in another way have another context`() {
        #expect(context("a-b", "c", "d", .hyphens) == context("a", "b-c", "d", .hyphens))
        let parts: [ByteText] = ["", "a", "b", "a-b", "1:a", "2:1", "a1:", "-", "1", "11"]
        var contexts: Set<ByteText> = []
        for one in parts {
            for other in parts {
                for id in parts { contexts.insert(context(one, other, id, .lengths)) }
            }
        }
        #expect(contexts.count == parts.count * parts.count * parts.count)
    }

    @Test func `no row of the earlier form has a context of the form of now`() {
        // The ids of a forged row, which joined by hyphens are the context of another one.
        let target = context("a-b", "c-d", "e", .lengths)
        #expect(target == "2:3:a-b3:c-d1:e")
        #expect(context("2:3:a", "b3:c", "d1:e", .hyphens) != target)
        #expect(context("2:x", "b", "c", .hyphens) == "2:x-b-c")
        #expect(context("2:1:a1", "1:b1", "1:c", .hyphens) == "2:1:a1-1:b1-1:c")
    }

    @Test func `a stored message opens in its own form and is moved to that of now`() {
        let old = StoredMessage(
            id: MessageID("m"), senderId: UserID("a"), receiverId: UserID("b"), content: "v1:x",
            timestamp: 1)
        #expect(old.sealedAnew.context.text == "a-b-m")
        #expect(old.sealedAnew.nextContext?.text == "2:1:a1:b1:m")
        var new = old
        new.reseal("v2:y")
        #expect(new.sealedAnew.context.text == "2:1:a1:b1:m")
        #expect(new.sealedAnew.nextContext == nil)
    }

    @Test(arguments: [ContextForm.hyphens, .lengths])
    func `a recorded message has the context of its record`(form: ContextForm) {
        let message = StoredMessage(
            id: MessageID("m\"1"), senderId: UserID("a-b"), receiverId: UserID("c"),
            content: "v1:x", timestamp: 1, contextForm: form)
        RecordedMessages([message]).forEach { view in
            var writer = JSONWriter()
            writer.beginObject()
            MessageContext.write(of: view, as: "context", to: &writer)
            writer.endObject()
            let object = (try? JSONValue.parse(writer.bytes.span))?.object
            #expect(object?["context"]?.text == message.context)
            #expect(MessageContext.byteCount(of: view) == message.context.utf8Count)
            #expect(view.message == message)
        }
    }
}

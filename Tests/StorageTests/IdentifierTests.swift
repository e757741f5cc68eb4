import Encoding
import EventLoop
import Testing

@testable import Storage

struct IdentifierTests {
    private static let lower: ByteText = "8451e1a1-2871-4b5f-a70c-eae4c509075d"
    private static let upper: ByteText = "8451E1A1-2871-4B5F-A70C-EAE4C509075D"

    @Test func `a UUID is the same in either case, and other texts are not`() {
        #expect(UserID(Self.lower) == UserID(Self.upper))
        #expect(MessageID(Self.lower) == MessageID(Self.upper))
        #expect(Set([MessageID(Self.lower), MessageID(Self.upper)]).count == 1)
        #expect(UserID("Budi") != UserID("budi") && MessageID("M") != MessageID("m"))
        let almost = Self.upper.droppingFirst(1)
        #expect(UserID(almost) != UserID(almost.asciiLowercased))
        let (one, other) = (UserID("x"), UserID(Self.upper))
        #expect(Conversation(one, other) == Conversation(UserID(Self.lower), one))
    }

    /// An earlier version took both: none of them may be lost, or stand in for the other.
    @Test func `a store that holds both spellings opens and tells them apart`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let ids = [Self.lower, Self.upper, "m"].map { MessageID($0) }
            let messages = ids.enumerated().map { index, id in
                StoredMessage(
                    id: id, senderId: UserID("ana"), receiverId: UserID("budi"),
                    content: "v1:\(index)", timestamp: Int64(index) + 1)
            }
            try await StoreFolder("/data", disk: disk).create(
                users: [.named("ana"), .named("budi")], messages: messages, keys: [:])
            for _ in 0..<2 {
                let store = try await JSONStore.open(disk, loop)
                #expect(await store.messageCount == 3)
                for (index, id) in ids.enumerated() {
                    #expect(try await store.message(id)?.content == "v1:\(index)")
                }
                try await store.fold()
                await store.close()
            }
        }
    }
}

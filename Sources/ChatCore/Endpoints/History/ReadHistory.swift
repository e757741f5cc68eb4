import Chat
import Encoding
import HTTP
import Storage

/// `GET /chat/history?myId=&friendId=` with `after`, `before` and `limit`: `[{id, senderId,
/// receiverId, content, timestamp}]`, oldest first; 304, 403, 503. Without a limit the whole of it
/// is streamed.
struct ReadHistory: Endpoint {
    let messages: Messages
    let keys: KeyGuard
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try sessions.caller(of: request)
        let query = HistoryQuery(request.query)
        let isCaller = try query.required("myId", isEqual: caller.text)
        let friendId = try query.required("friendId")
        let range = try query.range()
        guard isCaller else { throw ChatFault.forbidden }
        let conversation = Conversation(caller, UserID(friendId))
        // Before the messages: a change in between makes the tag too old, never too new.
        let tag = EntityTag(
            of: Dependencies(
                range: range, version: messages.version(conversation), keys: keys.version))
        if tag.matches(request) { return tag.notModified }
        let id = RequestID(of: request)
        let first = try await id.during { try await messages.page(of: conversation, range) }
        let isWhole = range.limit != nil || first.count < Messages.batchMax
        var response =
            isWhole
            ? Response.json(Self.array(first))
            : stream(conversation, range, after: first, id)
        response.fields.append(("ETag", tag.text))
        return response
    }

    /// All that the answer depends on; whose conversation it is, its version tells.
    private struct Dependencies: Hashable {
        let range: HistoryRange
        let version: ConversationVersion
        let keys: UInt64
    }

    /// Page after page, so that a long conversation takes no more memory than a short one.
    private func stream(
        _ conversation: Conversation, _ range: HistoryRange, after first: MessagePage,
        _ id: RequestID
    ) -> Response {
        var response = Response.json([])
        let messages = messages
        response.body = .stream { body in
            var page = first
            var range = range
            var isFirst = true
            while !page.isEmpty {
                var piece = Self.array(page)
                piece[0] = isFirst ? UInt8(ascii: "[") : UInt8(ascii: ",")
                piece.removeLast()
                try await body.write(piece)
                isFirst = false
                if page.count < Messages.batchMax { break }
                range.after = page.lastTimestamp
                let next = range
                page = try await id.during { try await messages.page(of: conversation, next) }
            }
            try await body.write([UInt8(ascii: "]")])
        }
        return response
    }

    private static func array(_ page: MessagePage) -> [UInt8] {
        var body = JSONWriter(capacity: 2 + page.count * 256)
        var index = 0
        body.beginArray()
        for run in page.recorded.runs {
            for record in run.records {
                body.message(record, in: run.bytes.span, page.texts[index])
                index += 1
            }
        }
        body.endArray()
        return body.bytes
    }
}

extension JSONWriter {
    /// A message whose record stands in `document`, with its text.
    fileprivate mutating func message(
        _ record: MessageRecord, in document: Span<UInt8>, _ text: OpenedText
    ) {
        beginObject()
        field("id", record.id, in: document)
        field("senderId", record.senderId, in: document)
        field("receiverId", record.receiverId, in: document)
        switch text {
        case .text(let text): field("content", text)
        case .notAuthentic: field("content", OpenedText.unreadable)
        }
        field("timestamp", record.timestamp)
        if text == .notAuthentic { field("code", "not_authentic") }
        endObject()
    }
}

/// The parameters of a history request, read strictly.
private struct HistoryQuery {
    private let query: Query

    init(_ query: Query) {
        self.query = query
    }

    func required(_ name: StaticString) throws(APIFault) -> ByteText {
        guard let value = try optional(name), !value.isEmpty else { throw .missing }
        return value
    }

    func required(_ name: StaticString, isEqual value: ByteText) throws(APIFault) -> Bool {
        do throws(Query.Repeated) {
            if let isEqual = try query.holds(name, value) { return isEqual }
        } catch { throw Self.repeated(name) }
        throw .missing
    }

    func range() throws(APIFault) -> HistoryRange {
        let limit = try number("limit", in: 1...Int64(HistoryRange.limitMax))
        return HistoryRange(
            after: try number("after", in: 0...Int64.max),
            before: try number("before", in: 0...Int64.max), limit: limit.map(Int.init))
    }

    private func optional(_ name: StaticString) throws(APIFault) -> ByteText? {
        do {
            return try query.value(of: name)
        } catch { throw Self.repeated(name) }
    }

    private static func repeated(_ name: StaticString) -> APIFault {
        .malformed("\(name) hanya boleh sekali.")
    }

    private func number(
        _ name: StaticString, in range: ClosedRange<Int64>
    ) throws(APIFault) -> Int64? {
        guard let text = try optional(name) else { return nil }
        guard text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }),
            let number = Int64(text.string),
            range.contains(number)
        else {
            throw .malformed(
                "\(name) harus bilangan bulat dari \(range.lowerBound) sampai \(range.upperBound).")
        }
        return number
    }
}

import Chat
import Encoding
import HTTP
import Storage

/// `GET /chat/search?myId=&q=` with `friendId`, `before` and `limit`: `{results: [message and
/// friendId], next}`, newest first; 403, 429, 503. `next` is null at the end, and is passed on as
/// `before` else.
struct SearchMessages: Endpoint {
    let search: Search
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let parameters = RequestQuery(request.query)
        let isCaller = try parameters.required("myId", is: caller)
        let query = try parameters.search()
        guard isCaller else { throw ChatFault.forbidden }
        let results = try await RequestID(of: request).during {
            try await search.find(query, for: caller) { !request.clientHasLeft }
        }
        var body = JSONWriter(capacity: 1024)
        body.beginObject()
        body.name("results")
        body.beginArray()
        for found in results.found { body.found(found) }
        body.endArray()
        body.name("next")
        if let next = results.next { body.string(next.parameter) } else { body.null() }
        body.endObject()
        return .json(body.bytes)
    }
}

extension RequestQuery {
    fileprivate func search() throws(APIFault) -> SearchQuery {
        let text = try required("q")
        guard text.string.unicodeScalars.count <= Search.queryScalarsMax else {
            throw .malformed("q paling panjang \(Search.queryScalarsMax) karakter.")
        }
        let limits = Int64(Search.limits.lowerBound)...Int64(Search.limits.upperBound)
        let limit = try number("limit", in: limits)
        var place: MessageFeed.Place?
        if let before = try optional("before") {
            place = MessageFeed.Place(parameter: before)
            if place == nil { throw .malformed("before harus next dari pencarian sebelumnya.") }
        }
        return SearchQuery(
            text, with: try optional("friendId").map { UserID($0) }, after: place,
            limit: limit.map(Int.init) ?? Search.limitDefault)
    }
}

/// A place as clients pass it on: its timestamp, a point, and the friend's id in base 16.
extension MessageFeed.Place {
    fileprivate var parameter: ByteText { "\(timestamp).\(Hex.encode(friend.text.utf8))" }

    fileprivate init?(parameter: ByteText) {
        let bytes = Array(parameter.utf8)
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")),
            let timestamp = Int64(String(decoding: bytes[..<point], as: UTF8.self)),
            let friend = Hex.decode(String(decoding: bytes[(point + 1)...], as: UTF8.self))
        else { return nil }
        // Bytes that are no text name nobody, and so are a place like any other.
        let text = String(decoding: friend, as: UTF8.self)
        self.init(timestamp: timestamp, friend: UserID(ByteText(text)))
    }
}

extension JSONWriter {
    fileprivate mutating func found(_ found: SearchResults.Found) {
        let message = found.message
        beginObject()
        field("id", message.id.text)
        field("senderId", message.senderId.text)
        field("receiverId", message.receiverId.text)
        field("content", found.text)
        field("timestamp", message.timestamp)
        if let replyTo = message.replyTo { field("replyTo", replyTo.text) }
        if let photo = message.photo { field(photo: photo) }
        field("friendId", found.friend.text)
        endObject()
    }
}

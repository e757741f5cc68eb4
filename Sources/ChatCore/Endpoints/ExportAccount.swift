import Chat
import Encoding
import HTTP
import Storage

/// `GET /account/export?myId=`: `{profile, friends, blocked, messages}`, one document that is
/// streamed; 403, 429, 503. The messages are those of every conversation, also of friendships that
/// have ended, one conversation after the other.
struct ExportAccount: Endpoint {
    let exports: Exports
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        guard try RequestQuery(request.query).required("myId", is: caller) else {
            throw ChatFault.forbidden
        }
        var pieces = ExportPieces(
            try await exports.begin(for: caller), RequestID(of: request))
        // The first page is opened before the head goes out, so that a vault that is away is told.
        let first = try await pieces.next()
        var response = Response.json([])
        response.fields.append(
            ("Content-Disposition", "attachment; filename=\"whatsapp-kw.json\""))
        response.body = pieces.stream(after: first)
        return response
    }
}

/// An export as the pieces of one JSON document.
struct ExportPieces: AnswerPieces {
    private var export: Export
    private let id: RequestID
    private var isBegun = false
    private var hasMessages = false
    private(set) var isAtEnd = false

    init(_ export: Export, _ id: RequestID) {
        self.export = export
        self.id = id
    }

    /// Returns the next piece. Nothing of it is kept.
    mutating func next() async throws -> [UInt8] {
        let export = export
        let (page, rest) = try await id.during {
            var export = export
            return (try await export.next(), export)
        }
        self.export = rest
        var body = JSONWriter(capacity: (page?.recorded.byteCount ?? 0) + 256)
        if !isBegun {
            begin(&body)
        } else if hasMessages {
            body.continueArray()
        }
        isBegun = true
        page?.forEach { message, text in body.message(message, text) }
        hasMessages = hasMessages || page != nil
        isAtEnd = page == nil
        if isAtEnd {
            body.endArray()
            body.endObject()
        }
        return body.bytes
    }

    private func begin(_ body: inout JSONWriter) {
        body.beginObject()
        body.name("profile")
        body.beginObject()
        body.field("id", export.user.id.text)
        body.field("username", export.user.username)
        body.endObject()
        body.name("friends")
        body.people(export.friends)
        body.name("blocked")
        body.people(export.blocked)
        body.name("messages")
        body.beginArray()
    }
}

extension JSONWriter {
    fileprivate mutating func people(_ people: [Export.Person]) {
        beginArray()
        for person in people {
            beginObject()
            field("id", person.id.text)
            field("username", person.username)
            endObject()
        }
        endArray()
    }
}

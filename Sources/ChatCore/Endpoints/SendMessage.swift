import Chat
import Encoding
import HTTP
import Storage

/// `POST /chat/send` `{senderId, receiverId, message, id?, replyTo?, photo?}`: the stored
/// message; 400, 403, 404, 409, 429, 503. Its fields are repeated in `data` for older clients.
struct SendMessage: Endpoint {
    let messages: Messages
    let sessions: Sessions

    func answer(_ request: Request) async throws -> Response {
        let caller = try await sessions.caller(of: request)
        let body = try RequestBody(request)
        let senderId = UserID(try body.string("senderId"))
        let receiverId = try body.string("receiverId")
        let photo = try body.photo()
        let text =
            try photo == nil
            ? body.string("message") : body.optionalString("message") ?? ""
        let id = try body.optionalString("id")
        let replyTo = try body.optionalString("replyTo")
        guard senderId == caller else { throw ChatFault.forbidden }
        if let id, !RandomID.isUUID(id) { throw APIFault.malformed("id harus berupa UUID v4.") }
        let message = try await messages.send(
            from: caller, to: UserID(receiverId), text,
            id: id.map { MessageID($0.asciiLowercased) },
            replyTo: replyTo.map { MessageID($0) }, photo: photo)
        return .json {
            $0.field("message", "Berhasil kirim pesan")
            $0.field("id", message.id.text)
            $0.field("senderId", message.senderId.text)
            $0.field("receiverId", message.receiverId.text)
            $0.field("content", message.content)
            $0.field("timestamp", message.timestamp)
            if let replyTo = message.replyTo { $0.field("replyTo", replyTo.text) }
            if let photo = message.photo { $0.field(photo: photo) }
            $0.name("data")
            $0.beginObject()
            $0.field("senderId", message.senderId.text)
            $0.field("receiverId", message.receiverId.text)
            $0.field("timestamp", message.timestamp)
            $0.endObject()
        }
    }
}

extension RequestBody {
    /// Returns nil if the field is absent or null.
    fileprivate func photo() throws(APIFault) -> Photo? {
        guard let object = try optionalObject("photo") else { return nil }
        guard let id = PhotoID(try object.string("id")) else {
            throw .malformed("photo.id harus berupa UUID v4.")
        }
        return Photo(
            id: id, width: try object.integer("width", in: Photo.sides),
            height: try object.integer("height", in: Photo.sides))
    }
}

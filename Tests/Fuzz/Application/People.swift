@testable import Encoding
@testable import HTTP

/// Those who act: two friends and a stranger, with their sessions. An input may change a password
/// or use up what somebody may do; then others take their places.
struct People {
    struct Person {
        let username: String
        let id: String
        let token: String
    }

    static let password = "kata sandi untuk semua"
    /// From which every one of them comes, as a trusted proxy tells it.
    let address: String
    let me: Person
    let friend: Person
    let stranger: Person

    init(number: Int, _ wire: Wire) {
        let address = "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)"
        self.address = address
        func post(
            _ path: String, _ token: String? = nil, _ members: [(String, String)]
        ) -> JSONObject {
            People.post(wire, path, address, token, members)
        }
        func enter(_ name: String) -> Person {
            let entry = [("username", "\(name)\(number)"), ("password", People.password)]
            _ = post("/auth/register", nil, entry)
            let session = post("/auth/login", nil, entry)
            let token = session["token"]?.text, id = session["id"]?.text
            guard let token, let id else { fatalError("no session: \(session)") }
            return Person(username: "\(name)\(number)", id: id.string, token: token.string)
        }
        (me, friend, stranger) = (enter("ada"), enter("budi"), enter("citra"))
        _ = post("/friends/add", me.token, [("myId", me.id), ("friendUsername", friend.username)])
    }

    /// Whether the two friends still are, and their sessions count.
    func areWhole(_ wire: Wire) -> Bool {
        let ids = [(me, friend), (friend, me)].map { one, other in
            let head =
                "GET /friends/\(one.id) HTTP/1.1\r\nHost: h\r\n"
                + "Authorization: Bearer \(one.token)\r\n\r\n"
            guard let answer = wire.ask(Array(head.utf8), .get), answer.status == .ok,
                let rows = (try? JSONValue.parse(answer.body.span))?.array
            else { return false }
            return rows.contains { $0.object?["id"]?.text == ByteText(other.id) }
        }
        return ids.allSatisfy { $0 }
    }

    private static func post(
        _ wire: Wire, _ path: String, _ address: String, _ token: String?,
        _ members: [(String, String)]
    ) -> JSONObject {
        var body = JSONWriter()
        body.beginObject()
        for (name, value) in members {
            body.name(name)
            body.string(value)
        }
        body.endObject()
        let bearer = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let head =
            "POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n\(bearer)"
            + "CF-Connecting-IP: \(address)\r\nContent-Length: \(body.bytes.count)\r\n\r\n"
        let answer = wire.ask(Array(head.utf8) + body.bytes, .post)
        let object = answer.flatMap { (try? JSONValue.parse($0.body.span))?.object }
        guard let answer, let object, answer.status == .ok else {
            fatalError("\(path): \(String(decoding: answer?.body ?? [], as: UTF8.self))")
        }
        return object
    }
}

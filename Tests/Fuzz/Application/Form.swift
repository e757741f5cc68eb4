import Glibc

@testable import Encoding
@testable import HTTP

/// The shape of requests to one route. Names are in the order in which an input fills them.
struct Form {
    enum Program { case chatCore, cipher }
    enum Shape {
        /// Members of a JSON object.
        case object
        /// Pairs of a text and a key context, as many as there are.
        case batch
        /// Parameters of a query.
        case query
        /// A body of bytes: the rest of the input.
        case bytes
        /// The whole request follows the three bytes.
        case raw
    }

    let program: Program
    let method: HTTP.Method
    /// `{}` stands for the first part.
    let path: String
    let shape: Shape
    let names: [String]

    init(
        _ program: Program, _ method: HTTP.Method, _ path: String, _ shape: Shape,
        _ names: [String] = []
    ) {
        (self.program, self.method, self.path) = (program, method, path)
        (self.shape, self.names) = (shape, names)
    }

    /// Numbered by an input's first byte. Tests/Fuzz/seeds reads the numbers here.
    static let all = [
        Form(
            .chatCore, .post, "/auth/register", .object, ["username", "password", "invite"]),
        Form(.chatCore, .post, "/auth/login", .object, ["username", "password"]),
        Form(
            .chatCore, .post, "/auth/change-password", .object,
            ["userId", "newPassword", "currentPassword"]),
        Form(
            .chatCore, .post, "/auth/delete-account", .object, ["userId", "currentPassword"]),
        Form(.chatCore, .post, "/auth/logout", .object),
        Form(.chatCore, .post, "/friends/add", .object, ["myId", "friendUsername"]),
        Form(.chatCore, .post, "/friends/remove", .object, ["myId", "friendId"]),
        Form(.chatCore, .post, "/friends/block", .object, ["myId", "friendId"]),
        Form(.chatCore, .post, "/friends/unblock", .object, ["myId", "friendId"]),
        Form(.chatCore, .get, "/friends/{}", .query),
        Form(.chatCore, .get, "/friends/{}/blocked", .query),
        Form(
            .chatCore, .post, "/chat/send", .object,
            ["senderId", "receiverId", "message", "id", "replyTo"]),
        Form(.chatCore, .post, "/chat/delete", .object, ["myId", "friendId", "id"]),
        Form(.chatCore, .post, "/chat/read", .object, ["myId", "friendId", "upTo"]),
        Form(
            .chatCore, .get, "/chat/history", .query,
            ["myId", "friendId", "after", "before", "limit", "deletedAfter"]),
        Form(
            .chatCore, .get, "/chat/search", .query, ["myId", "q", "friendId", "before", "limit"]),
        Form(.chatCore, .put, "/chat/photo/{}", .bytes),
        Form(.chatCore, .get, "/chat/photo/{}", .query, ["myId", "friendId"]),
        Form(.chatCore, .get, "/push/key", .query),
        Form(.chatCore, .post, "/push/subscribe", .object, ["userId", "subscription"]),
        Form(.chatCore, .delete, "/push/subscribe", .object, ["userId", "endpoint"]),
        Form(.chatCore, .get, "/account/export", .query, ["myId"]),
        Form(.chatCore, .get, "/{}", .query),
        Form(.chatCore, .get, "/api-docs.json", .query),
        Form(.chatCore, .get, "/api-docs", .query),
        Form(.chatCore, .get, "/api-docs/", .query),
        Form(.chatCore, .get, "/healthz", .query),
        Form(.chatCore, .get, "/readyz", .query),
        Form(.chatCore, .get, "", .raw),
        Form(.cipher, .post, "/encrypt", .object, ["text", "keyContext"]),
        Form(.cipher, .post, "/decrypt", .object, ["text", "keyContext"]),
        Form(.cipher, .post, "/rewrap", .object, ["text", "keyContext"]),
        Form(.cipher, .post, "/encrypt", .batch),
        Form(.cipher, .post, "/decrypt", .batch),
        Form(.cipher, .post, "/rewrap", .batch),
        Form(.cipher, .post, "/encrypt/chunk", .bytes),
        Form(.cipher, .post, "/decrypt/chunk", .bytes),
        Form(.cipher, .post, "/rewrap/chunk", .bytes),
        Form(.cipher, .post, "/keys/needed", .object, ["needed"]),
        Form(.cipher, .get, "/keys", .query),
        Form(.cipher, .get, "/healthz", .query),
        Form(.cipher, .get, "/readyz", .query),
        Form(.cipher, .get, "", .raw),
    ]

    /// Fails where the API has a route that is not among the forms.
    static func checkAll() {
        let documents = [
            (Program.chatCore, "Sources/Frontend/api-docs/openapi.json"),
            (Program.cipher, "docs/cipher-api.json"),
        ]
        for (program, file) in documents {
            let paths = (try? JSONValue.parse(contents(of: file).span, depthMax: 64))?.object?[
                "paths"]?.object
            guard let paths else { fatalError("\(file) names no paths") }
            for path in paths.members {
                for method in path.value.object?.members ?? [] {
                    let isKnown = all.contains { form in
                        form.program == program
                            && ByteText(form.method.rawValue.lowercased()) == method.name
                            && without(form.path) == without(path.name.string)
                    }
                    if HTTP.Method(rawValue: method.name.string.uppercased()) != nil, !isKnown {
                        fatalError("no form for \(method.name) \(path.name)")
                    }
                }
            }
        }
    }

    /// A path without the name of its parameter.
    private static func without(_ path: String) -> String {
        guard let brace = path.firstIndex(of: "{") else { return path }
        return path[..<brace] + "{}"
    }

    private static func contents(of path: String) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let file = open(path, O_RDONLY)
        defer { close(file) }
        let count = Glibc.read(file, &bytes, bytes.count)
        return Array(bytes.prefix(max(0, count)))
    }
}

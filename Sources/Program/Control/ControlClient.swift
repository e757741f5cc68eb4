package import Encoding
package import EventLoop
import Glibc
import HTTP

/// Sends requests to the server that runs on a folder, over its control socket.
///
/// Requests carry passphrases and keys. So nothing is sent to a process of another user than root,
/// this one, and the owner of the server's file.
package struct ControlClient {
    private let socket: ControlSocket
    private let loop: EventLoop
    private let trustedUsers: Set<UInt32>
    /// Long, because the copy of a large store on a slow disk takes hours.
    package var answerTimeMax = Duration.seconds(24 * 3600)

    /// - Parameter file: A file of the server's; nil for the folder itself.
    package init(folder: String, ownerOf file: String? = nil, loop: EventLoop) {
        self.init(ControlSocket(folder: folder), ownerOf: file ?? folder, loop: loop)
    }

    /// - Parameter file: A file or folder of the server's.
    package init(_ socket: ControlSocket, ownerOf file: String, loop: EventLoop) {
        self.socket = socket
        self.loop = loop
        var entry = stat()
        let owner = lstat(file, &entry) == 0 ? entry.st_uid : 0
        trustedUsers = [0, geteuid(), owner]
    }

    /// Returns the answer's JSON object; nil if no server listens, even if its socket remains.
    package func post(
        _ target: String, _ write: (inout JSONWriter) -> Void = { _ in }
    ) async throws(StartFailure) -> JSONObject? {
        guard let response = try await response(to: target, write, reader: nil) else { return nil }
        guard let object = Self.object(response) else {
            throw StartFailure("the server's answer cannot be read")
        }
        return object
    }

    /// Passes each line of the answer to `take` as it arrives. Returns the number of lines, and nil
    /// if no server listens.
    package func postForLines(
        _ target: String, _ write: (inout JSONWriter) -> Void,
        _ take: @escaping @Sendable (JSONObject) -> Void
    ) async throws(StartFailure) -> Int? {
        let lines = AnswerLines(take)
        guard try await response(to: target, write, reader: lines.read) != nil else {
            return nil
        }
        guard let count = lines.count else {
            throw StartFailure("the server's answer cannot be read")
        }
        return count
    }

    private func response(
        to target: String, _ write: (inout JSONWriter) -> Void, reader: BodyReader?
    ) async throws(StartFailure) -> ClientResponse? {
        guard access(socket.path, F_OK) == 0 else { return nil }
        var body = JSONWriter(capacity: 256)
        body.beginObject()
        write(&body)
        body.endObject()
        let response: ClientResponse
        do throws(ClientFault) {
            response = try await send(target, body.bytes, through: try shortPath(), reader)
        } catch {
            switch error {
            case .unreachable(.system(let error)) where Self.meansNoServer(error): return nil
            case .unreachable(Self.stranger):
                throw StartFailure("\(socket.path): another user listens there; nothing was sent")
            case .unreachable(let fault): throw StartFailure("\(socket.path): \(fault)")
            default: throw StartFailure("\(socket.path): the server did not answer: \(error)")
            }
        }
        guard response.status == .ok else {
            throw StartFailure(
                Self.object(response)?["error"]?.text?.string
                    ?? "the server answered \(response.status.code)")
        }
        return response
    }

    private static func object(_ response: ClientResponse) -> JSONObject? {
        (try? JSONValue.parse(response.body.span))?.object
    }

    private func shortPath() throws(ClientFault) -> ShortPath {
        do { return try socket.shortPath() } catch { throw .unreachable(.system(error)) }
    }

    private func send(
        _ target: String, _ body: [UInt8], through path: ShortPath, _ reader: BodyReader?
    ) async throws(ClientFault) -> ClientResponse {
        defer { withExtendedLifetime(path) {} }
        var limits = ClientLimits()
        limits.answerTimeMax = answerTimeMax
        // No limit, because the server is the owner's own and lists may be long.
        limits.response.bodyBytesMax = .max
        let client = Client(
            socket: path.text, loop: loop, limits: limits,
            handshake: Self.handshake(with: trustedUsers))
        let fields: [(name: StaticString, value: String)] = [("Content-Type", "application/json")]
        let response = try await client.send(
            .post, target, fields: fields, body: body, reader: reader)
        await client.close()
        return response
    }

    /// Returns a check of the server's user before anything is sent.
    private static func handshake(with trustedUsers: Set<UInt32>) -> Handshake {
        { socket, _ throws(SocketFault) in
            guard trustedUsers.contains(try socket.peerUser()) else { throw stranger }
        }
    }

    private static let stranger = SocketFault.insecure("another user listens")

    /// Returns whether the error means that no server listens on the socket.
    private static func meansNoServer(_ error: SystemCallError) -> Bool {
        error.number == ENOENT || error.number == ECONNREFUSED
    }
}

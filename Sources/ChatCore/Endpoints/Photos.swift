import Chat
import Encoding
import HTTP
import Storage

/// The photo that a request names: the id in its path, and two people in its query.
private struct PhotoRequest {
    let id: PhotoID
    let caller: UserID
    let friend: UserID

    init(_ request: Request, caller: UserID) throws {
        guard let id = request.parameters["id"].flatMap({ PhotoID($0) }) else {
            throw APIFault.malformed("id harus berupa UUID v4.")
        }
        let query = RequestQuery(request.query)
        let isCaller = try query.required("myId", is: caller)
        friend = UserID(try query.required("friendId"))
        guard isCaller else { throw ChatFault.forbidden }
        self.id = id
        self.caller = caller
    }
}

/// `PUT /chat/photo/{id}?myId=&friendId=`: takes a JPEG, WebP or PNG of up to 2 MiB while it
/// arrives; `{message, id}` once it is durable. 400, 403, 404, 409, 411, 413, 415, 429, 503, 507.
///
/// The sender may repeat it until a message names the photo.
struct StorePhoto: Endpoint {
    let photos: Photos
    let sessions: Sessions

    /// Answers a request without a body, or with one whose length is not announced.
    func answer(_ request: Request) async throws -> Response {
        _ = try PhotoRequest(request, caller: try await sessions.caller(of: request))
        throw request.hasField("Content-Length")
            ? ChatFault.notAPhoto as any Error : APIFault.lengthRequired
    }

    func answer(_ request: Request, _ body: IncomingBody) async throws -> Response {
        let photo = try PhotoRequest(request, caller: try await sessions.caller(of: request))
        try await photos.receive(
            photo.id, from: photo.caller, to: photo.friend, count: body.length
        ) { count in try await body.read(count) }
        return .json {
            $0.field("message", "Foto tersimpan")
            $0.field("id", photo.id.text)
        }
    }
}

/// `GET /chat/photo/{id}?myId=&friendId=`: the photo, for its two people alone; 206, 304, 400, 403,
/// 404, 503. A browser keeps it: a photo never changes. `Range` brings a part, of which only the
/// chunks that hold it are opened.
struct ReadPhoto: Endpoint {
    let photos: Photos
    let sessions: Sessions
    let tags: EntityTagKey
    let streams: StreamedAnswers

    func answer(_ request: Request) async throws -> Response {
        let friend = try? RequestQuery(request.query).required("friendId")
        let poll = try await sessions.poll(by: request, with: friend.map { UserID($0) })
        let wanted = try PhotoRequest(request, caller: poll.caller)
        _ = try Messages.revision(toRead: poll.facts)
        let known = try await photos.header(
            of: wanted.id, for: wanted.caller, with: wanted.friend)
        let tag = tag(of: known)
        if tag.matches(request) { return tag.notModified.asPhoto }
        let photo = try await photos.open(wanted.id)
        // An upload may have replaced it meanwhile, by a photo of another length.
        guard photo.header == known else { throw ChatFault.busy }
        let part =
            tag.isCurrent(forRangeOf: request)
            ? ByteRange.part(of: known.bytes, for: request) : nil
        var response = head(of: known, tag, part)
        if request.method == .head {
            response.body = .stream { _ in }
            return response.asPhoto
        }
        var pieces = PhotoPieces(
            photo, part ?? 0..<known.bytes, photos, wanted.caller, RequestID(of: request))
        // The first chunk is opened before the head goes out, so that a vault that is away is told.
        let first = try await pieces.next()
        response.body = try pieces.body(after: first, for: wanted.caller, in: streams)
        return response.asPhoto
    }

    private func head(
        of header: PhotoHeader, _ tag: EntityTag, _ part: Range<Int>?
    ) -> Response {
        var response = Response(
            part == nil ? .ok : .partialContent,
            fields: [
                ("Content-Type", header.type.string), ("ETag", tag.text),
                ("Accept-Ranges", "bytes"),
            ])
        if let part {
            let place = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(header.bytes)"
            response.fields.append(("Content-Range", place))
        }
        return response
    }

    private func tag(of header: PhotoHeader) -> EntityTag {
        var hash = tags.hash
        hash.combine(header.id.text.utf8.span)
        hash.combine(UInt64(bitPattern: header.uploadedAt))
        hash.combine(UInt64(header.bytes))
        return EntityTag(hash)
    }
}

/// A part of a photo as pieces, one for each chunk.
private struct PhotoPieces: AnswerPieces {
    private let photo: any PhotoReading
    private let part: Range<Int>
    private let photos: Photos
    private let reader: UserID
    private let id: RequestID
    private var number: Int

    init(
        _ photo: any PhotoReading, _ part: Range<Int>, _ photos: Photos, _ reader: UserID,
        _ id: RequestID
    ) {
        self.photo = photo
        self.part = part
        number = part.lowerBound / PhotoHeader.chunkBytes
        self.photos = photos
        self.reader = reader
        self.id = id
    }

    var isAtEnd: Bool { number * PhotoHeader.chunkBytes >= part.upperBound }

    mutating func next() async throws -> [UInt8] {
        let (photo, photos, reader, current) = (photo, photos, reader, number)
        number += 1
        let bytes = try await id.during {
            try await photos.chunk(current, of: photo, for: reader)
        }
        let start = current * PhotoHeader.chunkBytes
        let wanted = part.clamped(to: start..<(start + bytes.count))
        guard wanted.count < bytes.count else { return bytes }
        return Array(bytes[(wanted.lowerBound - start)..<(wanted.upperBound - start)])
    }
}

extension Response {
    /// The same answer with the fields that keep an image from being anything else.
    fileprivate var asPhoto: Response {
        var response = self
        response.commonFields = SecurityFields.forPhotos
        return response
    }
}

@testable import HTTP

/// One request of a script, ready to be sent.
struct Line {
    struct Manner: OptionSet {
        let rawValue: UInt8
        /// The input is JSON or a target's text already.
        static let isEncoded = Manner(rawValue: 1)
        static let isChunked = Manner(rawValue: 2)
        static let isBelowAPI = Manner(rawValue: 4)
        static let isUntyped = Manner(rawValue: 8)
        static let hasOtherMethod = Manner(rawValue: 16)
        static let closes = Manner(rawValue: 32)
        static let isOld = Manner(rawValue: 64)
    }

    let form: Form
    let method: HTTP.Method
    let bytes: [UInt8]

    var name: String {
        form.shape == .raw ? "a raw request" : "\(method.rawValue) \(form.path)"
    }

    init(_ request: [UInt8], _ people: People, _ memory: Memory, secret: String) {
        let form = Form.all[Int(request[0]) % Form.all.count]
        let manner = Manner(rawValue: request[2])
        self.form = form
        if form.shape == .raw {
            bytes = Array(request.dropFirst(3))
            method = bytes.starts(with: "HEAD ".utf8) ? .head : .get
            return
        }
        let given = request.dropFirst(3).split(separator: 0xFE, omittingEmptySubsequences: false)
        let fields = given.filter(Self.isField)
        var parts = given.filter { !Self.isField($0) }.map { memory.part(Array($0), people) }
        let other: HTTP.Method = form.method == .post ? .options : .head
        method = manner.contains(.hasOtherMethod) ? other : form.method
        var path = form.path
        if let hole = path.firstRange(of: "{}") {
            let filling = parts.isEmpty ? .given([]) : parts.removeFirst()
            let id = form.path == "/friends/{}" && filling.bytes.isEmpty ? people.me.id : nil
            path.replaceSubrange(
                hole, with: id ?? Self.escaped(filling.bytes, manner.contains(.isEncoded)))
        }
        let pairs = memory.pairs(form, parts, people)
        if form.shape == .query { path += Self.query(pairs, manner) }
        let start =
            "\(method.rawValue) \(manner.contains(.isBelowAPI) ? "/api" : "")\(path) "
            + "HTTP/1.\(manner.contains(.isOld) ? 0 : 1)\r\nHost: h\r\n"
        let address =
            form.program == .chatCore ? "CF-Connecting-IP: \(people.address)\r\n" : ""
        let head =
            Array("\(start)\(address)".utf8)
            + Self.fields(fields, manner, isBytes: form.shape == .bytes)
            + Self.session(request[1], form, people, secret)
        bytes =
            switch form.shape {
            case .object: head + Self.framed(Self.object(pairs, manner), manner)
            case .batch: head + Self.framed(Self.batch(parts, manner), manner)
            case .bytes: head + Self.framed(parts.flatMap(\.bytes), manner)
            case .query, .raw: head + "\r\n".utf8
            }
    }

    private static func isField(_ part: ArraySlice<UInt8>) -> Bool {
        part.first.map { (1...0x1F).contains($0) } ?? false
    }
}

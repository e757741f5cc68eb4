/// The head of a client's request.
enum ClientHead {
    /// Returns the head's bytes.
    ///
    /// - Parameters:
    ///   - target: Path and query, encoded by the caller.
    ///   - authority: The value of Host.
    static func bytes(
        _ method: Method, _ target: String, authority: String,
        _ fields: [(name: StaticString, value: String)], _ body: [UInt8]
    ) -> [UInt8] {
        var head: [UInt8] = []
        head.reserveCapacity(256)
        head.append(contentsOf: method.rawValue.utf8)
        head.append(.space)
        let start = head.count
        head.append(contentsOf: target.utf8)
        precondition(
            head[start...].allSatisfy(\.isTarget) && head.count > start,
            "a target is encoded by the caller")
        head.append(" HTTP/1.1\r\n")
        head.append(field: "Host", authority)
        for (name, value) in fields { head.append(field: name, value) }
        if !body.isEmpty || method.expectsContent {
            head.append("Content-Length: ")
            head.append(decimal: body.count)
            head.append("\r\n")
        }
        head.append("\r\n")
        return head
    }
}

@testable import Encoding
@testable import EventLoop
@testable import HTTP

/// Field values and targets of whole heads: what reads them finds what looking at each byte finds,
/// and costs no more than their length.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFields(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = bytes.first.map({ Int($0) % (names.count + 1) }) else { return 0 }
    let text = Array(bytes.dropFirst())
    if kind == 0 {
        TimeLimit().check(count, "a target") {
            let line = "GET ".utf8 + text + " HTTP/1.1\r\nHost: h\r\n\r\n".utf8
            if let request = read(Array(line)) { checkTarget(request) }
        }
    } else {
        let name = names[kind - 1]
        TimeLimit().check(count, name) {
            if let request = read(head(name, text)) { check(name, request) }
        }
    }
    return 0
}

private let names: [StaticString] = [
    "Content-Type", "Authorization", "If-None-Match", "Cookie", "Connection", "Origin",
    "X-Forwarded-Proto", "CF-Connecting-IP", "Sec-Fetch-Site", "Accept",
]

/// A line feed in the text begins another field of the same name.
private func head(_ name: StaticString, _ text: [UInt8]) -> [UInt8] {
    var head = Array("GET / HTTP/1.1\r\nHost: h\r\n".utf8)
    for value in text.split(separator: .lineFeed) {
        head += "\(name): ".utf8 + value + "\r\n".utf8
    }
    return head + "\r\n".utf8
}

private func read(_ head: [UInt8]) -> Request? {
    var parser = RequestParser(peer: .ipv4(0, port: 0))
    var taken = 0
    guard case .request(let request, _) = try? parser.parse(head.span, Limits(), taken: &taken)
    else { return nil }
    return taken == head.count ? request : nil
}

private func check(_ name: StaticString, _ request: Request) {
    let lines = request.fields.entries.filter { request.fields.matches($0.name, name) }
    let values = lines.map { line in
        Array(request.fields.bytes[Int(line.value.lowerBound)..<Int(line.value.upperBound)])
    }
    let joined = Array(values.joined(separator: ", ".utf8))
    let value = request.field(name)
    expect(request.hasField(name) == !lines.isEmpty, "a field is there")
    expect(value == (lines.isEmpty ? nil : ByteText(repairing: joined.span)), "a field's value")
    // Several are joined as text, so that what is no UTF-8 in them is repaired.
    let lent = request.withField(name) { Array(copying: $0) }
    let alone = value.map { lines.count == 1 ? joined : Array($0.utf8) }
    expect(lent == alone, "a field's bytes")
    if let lent { check(lent) }
    let tokens = values.flatMap { parts($0, .comma) }.map(lowercased)
    for token: StaticString in ["close", "keep-alive", "*"] {
        let isThere = tokens.contains(bytes(token))
        expect(request.fields.hasToken(token, in: name) == isThere, "a list's token")
    }
}

private func check(_ value: [UInt8]) {
    let lower = lowercased(value)
    expect(MediaType.isJSON(value.span) == MediaType.isJSON(lower.span), "a type in any case")
    let type = parts(lower, .semicolon, most: 2)
    let isJSON =
        type[0] == bytes("application/json")
        && (type.count == 1
            || [[], bytes("charset=utf-8"), bytes("charset=\"utf-8\"")].contains(type[1]))
    expect(MediaType.isJSON(value.span) == isJSON, "a type")
    let token = lower.starts(with: "bearer ".utf8) ? value.dropFirst(7).drop { $0 == .space } : nil
    expect(BearerToken.range(in: value.span) == token?.indices, "a bearer token")
    var found: [[UInt8]] = []
    let none: Bool? = value.span.firstPart(separatedBy: .comma) { part in
        found.append(Array(copying: part.extracting(part.withoutBlanks(part.indices))))
        return nil
    }
    expect(none == nil && found == parts(value, .comma), "a list's parts")
}

private func checkTarget(_ request: Request) {
    let path = Array(request.path.utf8)
    if path != [UInt8(ascii: "*")] {
        let segments = path.split(separator: .slash, omittingEmptySubsequences: false)
        expect(segments.first?.isEmpty == true, "a path begins with a slash")
        let leadsUp = segments.contains { $0.count <= 2 && !$0.isEmpty && $0.allSatisfy(isDot) }
        expect(!leadsUp, "a path leads downwards")
    }
    let sent = Array(request.encodedPath.utf8)
    expect(unescaped(sent[...]) == path, "a path is what was sent, its escapes undone")
    let query = Array(request.query.text.utf8)
    let items = query.split(separator: .ampersand).map { item in
        let end = item.firstIndex(of: .equals) ?? item.endIndex
        return (name: form(item[..<end]), value: form(item[end...].dropFirst()))
    }
    for name: StaticString in ["myId", "friendId", "after", "limit", "q"] {
        let values = items.filter { $0.name == bytes(name) }.map(\.value)
        checkParameter(name, request.query, values)
    }
}

/// - Parameter values: Nil where one cannot be undone.
private func checkParameter(_ name: StaticString, _ query: Query, _ values: [[UInt8]?]) {
    do throws(Query.Fault) {
        let value = try query.value(of: name)
        let isThere = values.map { $0 != nil } == (value == nil ? [] : [true])
        expect(isThere && value.map { Array($0.utf8) } == values.first ?? nil, "a parameter")
        let asked = value ?? "x"
        let holds = try query.matches(name, asked)
        expect(holds == (value?.isEmpty == false ? true : nil), "a parameter is what it is")
        let holdsMore = try query.matches(name, ByteText("\(asked)x"))
        expect(holdsMore != true, "a parameter is nothing else")
    } catch {
        switch error {
        case .repeated: expect(values.count > 1, "a parameter is there twice")
        case .malformed: expect(values.map { $0 == nil } == [true], "a parameter is unreadable")
        }
    }
}

// MARK: The meaning of each byte

private func parts(_ bytes: [UInt8], _ separator: UInt8, most: Int = .max) -> [[UInt8]] {
    bytes.split(separator: separator, maxSplits: most - 1, omittingEmptySubsequences: false).map {
        let start = $0.drop(while: \.isBlank)
        return Array(start.reversed().drop(while: \.isBlank).reversed())
    }
}

private func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
}

private func isDot(_ byte: UInt8) -> Bool { byte == .dot }

private func bytes(_ text: StaticString) -> [UInt8] { Array("\(text)".utf8) }

private func form(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    guard let plain = unescaped(bytes.map { $0 == .plus ? .space : $0 }[...]),
        !plain.contains(0), String(validating: plain, as: UTF8.self) != nil
    else { return nil }
    return plain
}

private func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var (rest, plain) = (bytes, [UInt8]())
    while let byte = rest.popFirst() {
        if byte == .percent {
            guard let high = rest.first?.hexadecimalValue,
                let low = rest.dropFirst().first?.hexadecimalValue
            else { return nil }
            plain.append(high << 4 | low)
            rest = rest.dropFirst(2)
        } else {
            plain.append(byte)
        }
    }
    return plain
}

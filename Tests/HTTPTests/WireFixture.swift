import Encoding
import Foundation
import EventLoop
import Testing

@testable import HTTP

/// One case of the files under Tests/Fixtures/http. Their README describes the format.
struct WireFixture: Sendable, CustomTestStringConvertible {
    let name: String
    let sent: [UInt8]
    let expected: [String]

    var testDescription: String { name }

    static func load(_ file: String) -> [WireFixture] {
        let url = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/http/\(file)")
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            fatalError("no fixture \(url.path)")
        }
        return ("\n" + text).components(separatedBy: "\n=== ").dropFirst().map { part in
            let sides = part.components(separatedBy: "\n---")
            let lines = sides[0].components(separatedBy: "\n")
            return WireFixture(
                name: lines[0],
                sent: lines.dropFirst().flatMap(unescaped),
                expected: sides[1].components(separatedBy: "\n").filter { !$0.isEmpty })
        }
    }

    private static func unescaped(_ line: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(line.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "r"): bytes.append(13)
            case UInt8(ascii: "n"): bytes.append(10)
            case UInt8(ascii: "t"): bytes.append(9)
            case UInt8(ascii: "0"): bytes.append(0)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: bytes.append(kind)
            }
        }
        return bytes
    }
}

/// Returns the parser's result for these pieces, in the words of the fixtures.
func transcript(_ pieces: [ArraySlice<UInt8>], _ limits: Limits = Limits()) -> [String] {
    var lines: [String] = []
    var parser = RequestParser(peer: .ipv4(0, port: 0))
    var input: [UInt8] = []
    do {
        for piece in pieces {
            input += piece
            reading: while true {
                var taken = 0
                let outcome = try parser.parse(input.span, limits, taken: &taken)
                input.removeFirst(taken)
                switch outcome {
                case .needsMore, .awaitsContinue, .streamed: break reading
                case .request(let request, let keepsAlive):
                    lines.append(describe(request, keepsAlive))
                    if input.isEmpty { break reading }
                }
            }
        }
    } catch {
        lines.append("fault \(error) \(error.status.code)")
    }
    return lines
}

private func describe(_ request: Request, _ keepsAlive: Bool) -> String {
    let query = request.query.text.isEmpty ? "" : "?\(request.query.text)"
    let version = request.version == .http11 ? "1.1" : "1.0"
    return "\(request.method.rawValue) \"\(request.path)\"\(query) \(version) "
        + (keepsAlive ? "keep" : "close") + quoted(request.body)
}

/// Returns a space and the text, or nothing for an empty text. Line ends are written as in the
/// fixtures.
func quoted(_ body: [UInt8]) -> String {
    if body.isEmpty { return "" }
    let text = body.map {
        switch $0 {
        case 13: "\\r"
        case 10: "\\n"
        default: String(UnicodeScalar($0))
        }
    }
    return " \"\(text.joined())\""
}

/// Returns `bytes` in pieces that end at these offsets.
func cut(_ bytes: [UInt8], at offsets: [Int]) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var start = 0
    for offset in offsets.sorted() + [bytes.count] {
        pieces.append(bytes[start..<offset])
        start = offset
    }
    return pieces
}

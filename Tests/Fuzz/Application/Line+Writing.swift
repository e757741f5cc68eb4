@testable import ChatCore
@testable import Encoding
@testable import HTTP

extension Line {
    /// - Parameter isBytes: Whether the body is no JSON.
    static func fields(
        _ parts: [ArraySlice<UInt8>], _ manner: Manner, isBytes: Bool
    ) -> [UInt8] {
        var head: [UInt8] = []
        var isTyped = manner.contains(.isUntyped)
        for part in parts {
            let number = Int(part.first ?? 1) - 1
            let name = Script.fields[number % Script.fields.count]
            isTyped = isTyped || number == Script.contentType
            head += "\(name): ".utf8 + part.dropFirst().filter { $0 != 13 && $0 != 10 && $0 != 0 }
            head += "\r\n".utf8
        }
        let type = isBytes ? "application/octet-stream" : "application/json"
        if !isTyped { head += "Content-Type: \(type)\r\n".utf8 }
        if manner.contains(.closes) { head += "Connection: close\r\n".utf8 }
        return head
    }

    /// Returns the caller's fields. Two bits select the caller, and two the means.
    static func session(
        _ caller: UInt8, _ form: Form, _ people: People, _ secret: String
    ) -> [UInt8] {
        let all = [people.me, people.friend, people.stranger]
        guard caller & 3 < all.count else { return [] }
        let token = form.program == .cipher ? secret : all[Int(caller & 3)].token
        let lines =
            switch caller >> 2 & 3 {
            case 0: "Authorization: Bearer \(token)\r\n"
            case 1:
                "Cookie: \(SessionCookie.plainName)=\(token)\r\nSec-Fetch-Site: same-origin\r\n"
            case 2:
                "Cookie: a=b; \(SessionCookie.boundName)=\(token)\r\nOrigin: https://h\r\n"
                    + "X-Forwarded-Proto: https\r\n"
            default: "Authorization: Bearer \(token.dropLast())\r\n"
            }
        return Array(lines.utf8)
    }

    static func query(_ pairs: [Memory.Pair], _ manner: Manner) -> String {
        let parameters = pairs.map { name, value in
            "\(escaped(name, false))=\(escaped(value.bytes, manner.contains(.isEncoded)))"
        }
        return parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
    }

    static func framed(_ body: [UInt8], _ manner: Manner) -> [UInt8] {
        guard manner.contains(.isChunked) else {
            return "Content-Length: \(body.count)\r\n\r\n".utf8 + body
        }
        var bytes = Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
        for start in stride(from: 0, to: body.count, by: 1000) {
            let piece = body[start...].prefix(1000)
            bytes += "\(String(piece.count, radix: 16))\r\n".utf8 + piece + "\r\n".utf8
        }
        return bytes + "0\r\n\r\n".utf8
    }

    static func object(_ pairs: [Memory.Pair], _ manner: Manner) -> [UInt8] {
        var body = Array("{".utf8)
        for (index, pair) in pairs.enumerated() {
            if index > 0 { body.append(.comma) }
            body += string(pair.name) + [.colon] + value(pair.value, manner)
        }
        return body + "}".utf8
    }

    static func batch(_ parts: [Memory.Part], _ manner: Manner) -> [UInt8] {
        var body = Array("{\"batch\":[".utf8)
        for index in stride(from: 0, to: parts.count, by: 2) {
            if index > 0 { body.append(.comma) }
            body += "{\"text\":".utf8 + value(parts[index], manner)
            if index + 1 < parts.count {
                body += ",\"keyContext\":".utf8 + value(parts[index + 1], manner)
            }
            body += "}".utf8
        }
        return body + "]}".utf8
    }

    private static func value(_ part: Memory.Part, _ manner: Manner) -> [UInt8] {
        if case .given(let bytes) = part, manner.contains(.isEncoded) { return bytes }
        return string(part.bytes)
    }

    /// Bytes that are no UTF-8 stay what they are.
    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        var text = [UInt8.quote]
        for byte in bytes {
            switch byte {
            case .quote, .backslash: text += [.backslash, byte]
            case 0..<0x20: text += "\\u00\(Hex.encode([byte]))".utf8
            default: text.append(byte)
            }
        }
        return text + [.quote]
    }

    /// - Parameter isTarget: Keeps all characters that a target may hold, and "%".
    static func escaped(_ bytes: [UInt8], _ isTarget: Bool) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            let isPlain = byte.isLetter || byte.isDigit || "-._~".utf8.contains(byte)
            if isPlain || isTarget && byte.isTarget {
                text.append(byte)
            } else {
                text += [.percent] + Hex.encode([byte]).utf8
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

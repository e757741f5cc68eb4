// Takes the place of FoundationEssentials in the images' programs, where the real one would be a
// quarter of each. The option parser alone imports it, for the JSON of --experimental-dump-help:
// docs/decisions/0007-images-from-scratch.md.

/// Encodes in the one form that the option parser asks for: indented, with sorted keys.
public final class JSONEncoder {
    public struct OutputFormatting: OptionSet, Sendable {
        public static let prettyPrinted = OutputFormatting(rawValue: 1)
        public static let sortedKeys = OutputFormatting(rawValue: 2)
        public let rawValue: UInt

        public init(rawValue: UInt) { self.rawValue = rawValue }
    }

    public var outputFormatting: OutputFormatting = []

    public init() {}

    /// Throws what the value throws, or `EncodingError` where it holds a fractional number.
    public func encode<T: Encodable>(_ value: T) throws -> Data {
        let root = Node()
        try value.encode(to: NodeEncoder(node: root, codingPath: []))
        return Data(text: root.text(indentation: ""))
    }
}

public struct Data {
    let text: String
}

public protocol LocalizedError: Error {
    var errorDescription: String? { get }
}

extension String {
    public enum Encoding { case utf8 }

    public init?(data: Data, encoding: Encoding) { self = data.text }
}

/// A JSON value that is filled while its container is alive.
private final class Node {
    enum Content {
        case literal(String)
        case list([Node])
        case object([String: Node])
    }

    var content = Content.object([:])

    func member(_ key: String) -> Node {
        let added = Node()
        if case .object(var members) = content {
            members[key] = added
            content = .object(members)
        }
        return added
    }

    func element() -> Node {
        let added = Node()
        if case .list(let elements) = content { content = .list(elements + [added]) }
        return added
    }

    func text(indentation: String) -> String {
        let inner = indentation + "  "
        switch content {
        case .literal(let text):
            return text
        case .list(let elements):
            let lines = elements.map { inner + $0.text(indentation: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indentation + "]"
        case .object(let members):
            let lines = members.sorted { $0.key < $1.key }.map {
                inner + quoted($0.key) + " : " + $0.value.text(indentation: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indentation + "}"
        }
    }
}

/// Returns a JSON string, with slashes escaped as Foundation does.
private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "/": result += "\\/"
        case "\u{8}": result += "\\b"
        case "\u{c}": result += "\\f"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case ..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}

private struct NodeEncoder: Encoder {
    let node: Node
    let codingPath: [any CodingKey]
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = node.content {} else { node.content = .object([:]) }
        return KeyedEncodingContainer(Members<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .list = node.content {} else { node.content = .list([]) }
        return Elements(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(node: node, codingPath: codingPath)
    }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]

    func encodeNil() { node.content = .literal("null") }

    func encode<T: Encodable>(_ value: T) throws {
        switch value {
        case let flag as Bool: node.content = .literal(flag ? "true" : "false")
        case let text as String: node.content = .literal(quoted(text))
        case let number as any FixedWidthInteger: node.content = .literal(String(number))
        case is any BinaryFloatingPoint:
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "a fractional number"))
        default: try value.encode(to: NodeEncoder(node: node, codingPath: codingPath))
        }
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { node.member(key.stringValue).content = .literal("null") }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        try Single(node: node.member(key.stringValue), codingPath: codingPath + [key])
            .encode(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        encoder(forKey: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(forKey: key).unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        NodeEncoder(node: node.member("super"), codingPath: codingPath)
    }

    func superEncoder(forKey key: Key) -> any Encoder { encoder(forKey: key) }

    private func encoder(forKey key: Key) -> NodeEncoder {
        NodeEncoder(node: node.member(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: Node
    let codingPath: [any CodingKey]

    var count: Int {
        if case .list(let elements) = node.content { elements.count } else { 0 }
    }

    func encodeNil() { node.element().content = .literal("null") }

    func encode<T: Encodable>(_ value: T) throws {
        try Single(node: node.element(), codingPath: codingPath).encode(value)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) -> KeyedEncodingContainer<Nested> {
        superEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        superEncoder().unkeyedContainer()
    }

    func superEncoder() -> any Encoder {
        NodeEncoder(node: node.element(), codingPath: codingPath)
    }
}

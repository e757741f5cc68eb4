import Chat
import CipherAPI
import Encoding
import HTTP
import Program

extension CipherClient: Vault {
    func seal(_ text: String, context: String) async throws(VaultFault) -> String {
        let item = CipherItem(text: JSONText(text), keyContext: JSONText(context))
        let results = try await submit(CollectionOfOne(item), to: .encrypt)
        guard let content = results.first ?? nil else { throw CipherAnswer.unreadable }
        return content.text
    }

    func open(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText] {
        let texts = try await submit(sealed.lazy.map(CipherItem.init), to: .decrypt)
        return texts.map { text in text.map { .text($0) } ?? .notAuthentic }
    }

    func rewrap(_ sealed: [SealedText]) async throws(VaultFault) -> [String?] {
        try await submit(sealed.lazy.map(CipherItem.init), to: .rewrap).map { $0?.text }
    }

    func keys() async throws(VaultFault) -> [VaultKey] {
        try await currentKeys()
    }
}

extension CipherClient {
    private static let tooLong = VaultFault.refused(
        "a text or its context is longer than Cipher takes")

    /// Items as they stand in a request; throws what Cipher would refuse for its size.
    static func encode(
        _ items: some Collection<CipherItem>, _ operation: CipherOperation
    ) throws(VaultFault) -> EncodedItems {
        var encoded = EncodedItems(capacity: items.count * 256)
        for item in items {
            let isTextTooLong =
                operation == .encrypt && item.text.utf8.count > CipherLimits.textBytesMax
            guard !isTextTooLong, item.keyContext.utf8.count <= CipherLimits.keyContextBytesMax
            else { throw tooLong }
            encoded.append(item)
            let last = encoded.count - 1
            guard encoded.byteCount(of: last..<(last + 1)) <= CipherLimits.bodyBytesMax else {
                throw tooLong
            }
        }
        return encoded
    }

    static func fields(_ secret: Secret?, hasBody: Bool = false) -> Introduction.Fields {
        var fields: Introduction.Fields = []
        if hasBody { fields.append(("Content-Type", "application/json")) }
        if let secret {
            let text = secret.withBytes { bytes in
                String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
            }
            fields.append(("Authorization", "Bearer \(text)"))
        }
        return fields
    }
}

extension CipherItem {
    init(_ sealed: SealedText) {
        self.init(text: sealed.content, keyContext: sealed.context)
    }
}

extension CipherClientLimits {
    func http(connectionCountMax: Int, bodyBytesMax: Int) -> ClientLimits {
        var limits = ClientLimits()
        limits.connectionCountMax = connectionCountMax
        limits.connectTimeMax = connectTimeMax
        limits.answerTimeMax = answerTimeMax
        limits.response.bodyBytesMax = bodyBytesMax
        return limits
    }
}

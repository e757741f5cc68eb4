import Chat
import CipherAPI
import Encoding
import HTTP
import Program
import Storage

extension CipherClient: Vault {
    func seal(
        _ text: ByteText, context: ByteText
    ) async throws(VaultFault) -> ByteText {
        let results = try await submit(1, to: .encrypt) { () throws(VaultFault) in
            guard text.utf8Count <= CipherLimits.textBytesMax else { throw Self.tooLong }
            return try Self.encode([
                CipherItem(text: JSONText(text), keyContext: JSONText(context))
            ])
        }
        guard let content = results.first ?? nil else { throw CipherAnswer.unreadable }
        return content.text
    }

    func open(_ sealed: [SealedText]) async throws(VaultFault) -> [OpenedText] {
        Self.opened(
            try await submit(sealed.count, to: .decrypt) { () throws(VaultFault) in
                try Self.encode(sealed.map(CipherItem.init))
            })
    }

    func open(_ messages: RecordedMessages) async throws(VaultFault) -> [OpenedText] {
        Self.opened(
            try await submit(messages.count, to: .decrypt) { () throws(VaultFault) in
                try Self.encode(messages)
            })
    }

    func rewrap(_ sealed: [SealedText]) async throws(VaultFault) -> [ByteText?] {
        try await submit(sealed.count, to: .rewrap) { () throws(VaultFault) in
            try Self.encode(sealed.map(CipherItem.init))
        }.map { $0?.text }
    }

    func keys() async throws(VaultFault) -> [VaultKey] {
        try await currentKeys()
    }

    private static func opened(_ texts: [JSONText?]) -> [OpenedText] {
        texts.map { text in text.map { .text($0) } ?? .notAuthentic }
    }
}

extension CipherClient {
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

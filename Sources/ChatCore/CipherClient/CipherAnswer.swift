import Chat
import CipherAPI
import Encoding
import HTTP

/// Parses Cipher's answers strictly. Reasons of faults hold statuses and known codes only, never
/// bytes that were sent or received.
enum CipherAnswer {
    typealias Item = Result<OpenedText, VaultFault>

    /// Returns one answer for each item of the request, in order.
    static func items(
        _ response: ClientResponse, to operation: CipherOperation, count: Int
    ) throws(VaultFault) -> [Item] {
        let isSingle = count == 1
        guard response.status == .ok else {
            // The error answer to a single item stands for that item.
            guard isSingle, let fault = fault(in: response) else { throw unexpected(response) }
            return [item(.failure(fault), operation)]
        }
        guard let answer = try? CipherResponse(response.body) else { throw unreadable }
        switch answer {
        case .single(let result) where isSingle:
            return [item(.success(result), operation)]
        case .batch(let results) where !isSingle && results.count == count:
            return results.map { item($0, operation) }
        case .single, .batch: throw unreadable
        }
    }

    /// Returns the answer about a chunk.
    static func chunk(
        _ response: ClientResponse, to operation: CipherOperation
    ) throws(VaultFault) -> VaultChunk {
        if response.status == .ok { return .bytes(response.body) }
        switch fault(in: response)?.code {
        case .notAuthentic? where operation != .encrypt: return .notAuthentic
        case .keyRetired? where operation != .encrypt: return .keyRetired
        case _: throw unexpected(response)
        }
    }

    static func keys(_ response: ClientResponse) throws(VaultFault) -> [VaultKey] {
        keys(try keysResponse(response))
    }

    /// Returns the parsed answer to `GET /keys`. Any other answer is `unavailable`.
    static func keysResponse(_ response: ClientResponse) throws(VaultFault) -> KeysResponse {
        guard response.status == .ok else {
            let fault = unexpected(response)
            if fault == .sealed { throw fault }
            throw .unavailable("\(fault)")
        }
        guard let answer = KeysResponse(response.body.span),
            Set(answer.keys.map(\.version)).count == answer.keys.count,
            answer.keys.allSatisfy(isKey)
        else { throw .unavailable("\(unreadable)") }
        return answer
    }

    static func keys(_ answer: KeysResponse) -> [VaultKey] {
        answer.keys.map { key in
            VaultKey(
                version: key.version, fingerprint: key.fingerprint, isLegacy: key.isLegacy,
                isRetired: key.state == .retired, isCurrent: key.state == .current)
        }
    }

    /// The store keeps versions and fingerprints for good, so both must have Cipher's form.
    private static func isKey(_ key: KeysResponse.Key) -> Bool {
        CipherLimits.keyVersions.contains(key.version)
            && (1...CipherLimits.fingerprintBytesMax).contains(key.fingerprint.utf8.count)
    }

    /// Returns the key versions that sealed these contents.
    static func versions(of items: [Item]) -> [Int] {
        items.compactMap { item in (try? item.get().found).flatMap { version(of: $0) } }
    }

    /// Returns the key version that sealed a content, or nil if it names none. All contents of
    /// Cipher's name one.
    static func version(of content: JSONText) -> Int? {
        let bytes = content.utf8
        guard bytes.first == UInt8(ascii: "v"),
            let colon = bytes.prefix(12).firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let digits = bytes[..<colon].dropFirst()
        guard (1...9).contains(digits.count), digits.first != UInt8(ascii: "0") else { return nil }
        var version = 0
        for digit in digits {
            guard digit &- UInt8(ascii: "0") < 10 else { return nil }
            version = version * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return version
    }

    static let unreadable = VaultFault.failed("Cipher's answer is not what was asked for")

    private static func item(
        _ result: Result<JSONText, CipherFault>, _ operation: CipherOperation
    ) -> Item {
        switch result {
        case .success(let text):
            if operation.seals, version(of: text) == nil { return .failure(unreadable) }
            return .success(.text(text))
        case .failure(let fault):
            switch fault.code {
            case .notAuthentic, .notText:
                return operation == .encrypt ? .failure(unreadable) : .success(.notAuthentic)
            case .keyRetired:
                return operation == .encrypt ? .failure(unreadable) : .success(.keyRetired)
            case let code: return .failure(self.fault(code))
            }
        }
    }

    /// Returns the fault of an item, of this operation, or of all of Cipher.
    private static func fault(_ code: CipherErrorCode) -> VaultFault {
        switch code {
        case .malformed, .tooLarge:
            .refused("Cipher refuses an item: \(code.rawValue)")
        case .unauthorized:
            .unavailable(
                "Cipher does not accept the shared secret: give both the same "
                    + "--cipher-secret-file (CHATCORE_CIPHER_SECRET_FILE)")
        case .sealed: .sealed
        case .notReady, .stopping, .busy:
            .unavailable("Cipher answers \(code.rawValue)")
        case .keyExhausted, .internal, .notAuthentic, .keyRetired, .notText, .notFound,
            .methodNotAllowed,
            .timeout, .lengthRequired, .unsupported, .crossOrigin, .unsupportedMediaType:
            .failed("Cipher answers \(code.rawValue)")
        }
    }

    /// Returns the fault of a whole answer that is no success. The status decides if no code
    /// belongs to it.
    private static func unexpected(_ response: ClientResponse) -> VaultFault {
        if let fault = fault(in: response) { return self.fault(fault.code) }
        let status = response.status.code
        if status == CipherErrorCode.unauthorized.status { return fault(.unauthorized) }
        return .failed("Cipher answers \(status)")
    }

    private static func fault(in response: ClientResponse) -> CipherFault? {
        guard let fault = (try? JSONValue.parse(response.body.span)).flatMap({ CipherFault($0) }),
            fault.code.status == response.status.code
        else { return nil }
        return fault
    }
}

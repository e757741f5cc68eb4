import CipherAPI

extension CipherRequest {
    /// The body that asks for one item.
    static func encode(_ item: CipherItem) -> [UInt8] {
        var items = EncodedItems()
        items.append(item)
        return Array(items.bytes(of: 0..<1))
    }

    /// The body that asks for all of them in one batch.
    static func encode(batch items: [CipherItem]) -> [UInt8] {
        var encoded = EncodedItems()
        for item in items { encoded.append(item) }
        return encode(batch: [encoded.bytes(of: 0..<items.count)])
    }
}

@testable import HTTP

/// A fuzzer's input: the places of the cuts, and the bytes to cut.
struct Pieces {
    let bytes: [UInt8]
    /// The same bytes in one, byte by byte, and in pieces that follow from the first two bytes.
    let cuts: [[ArraySlice<UInt8>]]

    init(_ start: UnsafePointer<UInt8>?, _ count: Int) {
        let input = Array(UnsafeBufferPointer(start: start, count: count))
        let bytes = Array(input.dropFirst(2))
        self.bytes = bytes
        let seed = input.count < 2 ? 0 : Int(input[0]) << 8 | Int(input[1])
        cuts = [[bytes[...]], bytes.indices.map { bytes[$0...$0] }, Pieces.cut(bytes, seed)]
    }

    private static func cut(_ bytes: [UInt8], _ seed: Int) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var (rest, state) = (bytes[...], UInt32(seed) &* 2_654_435_761 | 1)
        while !rest.isEmpty {
            state = state &* 1_664_525 &+ 1_013_904_223
            let piece = rest.prefix(1 + Int(state >> 24) % 40)
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}

extension Limits {
    /// So low that a short input can go over each of them.
    static var ofFuzzers: Limits {
        var limits = Limits()
        limits.requestLineBytesMax = 128
        limits.headBytesMax = 512
        limits.fieldCountMax = 12
        limits.leadingLineCountMax = 2
        limits.bodyBytesMax = 256
        limits.chunkExtensionBytesMax = 32
        limits.trailerBytesMax = 64
        return limits
    }

    /// Written messages may be longer than parsed ones, because a length replaces chunks.
    static var ofWhatIsWrittenBack: Limits {
        var limits = Limits()
        limits.fieldCountMax = 20
        return limits
    }
}

extension Fields {
    /// Names and values, one a line, but for those that say how long the body is.
    var text: [String] {
        entries.compactMap { entry in
            if matches(entry.name, "Content-Length") { return nil }
            if matches(entry.name, "Transfer-Encoding") { return nil }
            let value = bytes[Int(entry.value.lowerBound)..<Int(entry.value.upperBound)]
            return "\(text(entry.name)): \(Array(value))"
        }
    }

    /// The field lines as they would be sent, and with what length the body has.
    func append(to output: inout [UInt8], bodyByteCount: Int?) {
        for entry in entries {
            if matches(entry.name, "Content-Length") { continue }
            if matches(entry.name, "Transfer-Encoding") { continue }
            output += bytes[Int(entry.name.lowerBound)..<Int(entry.name.upperBound)]
            output.append(": ")
            output += bytes[Int(entry.value.lowerBound)..<Int(entry.value.upperBound)]
            output.append("\r\n")
        }
        if let bodyByteCount {
            output.append("Content-Length: ")
            output.append(decimal: bodyByteCount)
            output.append("\r\n")
        }
        output.append("\r\n")
    }
}

/// Removes the chunked coding (RFC 9112 §7.1), in pieces of any size. Chunk extensions and trailer
/// fields are checked, counted and dropped.
struct ChunkedDecoder {
    private enum State {
        case size(Int, digits: Int)
        case `extension`(Int, ChunkExtension)
        case sizeLineFeed(Int)
        case data(remaining: Int)
        case dataCarriageReturn
        case dataLineFeed
        case trailer
        case done
    }

    private var state = State.size(0, digits: 0)
    private var extensionByteCount = 0
    private var trailer: [UInt8] = []
    private var trailerLineStart = 0

    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Takes bytes of the body, appends its data, and returns the number of bytes taken. Bytes are
    /// left only after the end of the body.
    mutating func decode(
        _ bytes: Span<UInt8>, _ limits: Limits, appendingTo body: inout [UInt8]
    ) throws(HTTPFault) -> Int {
        var index = 0
        while index < bytes.count {
            switch state {
            case .done:
                return index
            case .data(let remaining):
                let count = min(remaining, bytes.count - index)
                bytes.extracting(index..<(index + count)).withUnsafeBufferPointer {
                    body.append(contentsOf: $0)
                }
                index += count
                state =
                    count == remaining ? .dataCarriageReturn : .data(remaining: remaining - count)
            default:
                try step(bytes[index], limits, bodyByteCount: body.count)
                index += 1
            }
        }
        return index
    }

    private mutating func step(_ byte: UInt8, _ limits: Limits, bodyByteCount: Int)
        throws(HTTPFault)
    {
        switch state {
        case .size(let size, let digits):
            try readSize(byte, size, digits, limits.bodyBytesMax - bodyByteCount)
        case .extension(let size, var grammar):
            if byte == .carriageReturn, grammar.isComplete {
                state = .sizeLineFeed(size)
            } else {
                guard grammar.read(byte) else { throw .chunkMalformed }
                extensionByteCount += 1
                guard extensionByteCount <= limits.chunkExtensionBytesMax else {
                    throw .chunkExtensionTooLong
                }
                state = .extension(size, grammar)
            }
        case .sizeLineFeed(let size):
            guard byte == .lineFeed else { throw .chunkMalformed }
            state = size == 0 ? .trailer : .data(remaining: size)
        case .dataCarriageReturn:
            guard byte == .carriageReturn else { throw .chunkMalformed }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == .lineFeed else { throw .chunkMalformed }
            state = .size(0, digits: 0)
        case .trailer:
            try readTrailer(byte, limits)
        case .data, .done:
            preconditionFailure("not read byte by byte")
        }
    }

    private mutating func readSize(
        _ byte: UInt8, _ size: Int, _ digits: Int, _ sizeMax: Int
    ) throws(HTTPFault) {
        if let value = byte.hexadecimalValue {
            // 15 digits are enough for any length, and fit into an Int.
            guard digits < 15 else { throw .chunkMalformed }
            let size = size << 4 | Int(value)
            guard size <= sizeMax else { throw .bodyTooLarge }
            state = .size(size, digits: digits + 1)
        } else if digits > 0, byte == .carriageReturn {
            state = .sizeLineFeed(size)
        } else if digits > 0, byte == .semicolon {
            state = .extension(size, ChunkExtension())
        } else {
            throw .chunkMalformed
        }
    }

    private mutating func readTrailer(_ byte: UInt8, _ limits: Limits) throws(HTTPFault) {
        trailer.append(byte)
        guard trailer.count <= limits.trailerBytesMax else { throw .trailerTooLarge }
        guard byte == .lineFeed else { return }
        guard trailer.count >= 2, trailer[trailer.count - 2] == .carriageReturn else {
            throw .fieldMalformed
        }
        let isBlankLine = trailer.count - 2 == trailerLineStart
        trailerLineStart = trailer.count
        if isBlankLine {
            _ = try FieldParser.entries(in: trailer.span, from: 0, limits)
            trailer = []
            state = .done
        }
    }
}

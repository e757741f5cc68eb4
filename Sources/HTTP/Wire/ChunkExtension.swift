/// Checks `name ["=" value]`, repeated after semicolons (RFC 9112 §7.1.1).
///
/// Blanks are refused. The grammar allows them only for compatibility, and readers treat them
/// differently.
struct ChunkExtension: Sendable {
    private enum State {
        case nameStart
        case name
        case valueStart
        case value
        case quoted
        case quotedPair
        case quotedEnd
    }

    private var state = State.nameStart

    /// Whether the line may end here.
    var isComplete: Bool {
        switch state {
        case .name, .value, .quotedEnd: true
        case .nameStart, .valueStart, .quoted, .quotedPair: false
        }
    }

    /// Takes the next byte after the first semicolon. Returns false if the grammar does not allow
    /// it.
    mutating func read(_ byte: UInt8) -> Bool {
        switch state {
        case .quoted where byte == .backslash: state = .quotedPair
        case .quoted where byte == .quote: state = .quotedEnd
        case .quoted: return byte.isFieldText
        case .quotedPair:
            guard byte.isFieldText else { return false }
            state = .quoted
        case .valueStart where byte == .quote: state = .quoted
        case .nameStart, .name, .valueStart, .value, .quotedEnd:
            return readOutsideQuotes(byte)
        }
        return true
    }

    private mutating func readOutsideQuotes(_ byte: UInt8) -> Bool {
        if isComplete, byte == .semicolon {
            state = .nameStart
        } else if case .name = state, byte == .equals {
            state = .valueStart
        } else if case .quotedEnd = state {
            return false
        } else if byte.isToken {
            switch state {
            case .nameStart: state = .name
            case .valueStart: state = .value
            case .name, .value, .quoted, .quotedPair, .quotedEnd: ()
            }
        } else {
            return false
        }
        return true
    }
}

import Testing

@testable import EventLoop

@Suite struct HandshakeTurnsTests {
    @Test func `a few steps run in one turn of the loop, and others in the next`() {
        let turns = HandshakeTurns()
        let (first, second) = (MonotonicTime(nanoseconds: 1), MonotonicTime(nanoseconds: 2))
        let begun = (0..<100).filter { _ in turns.begins(at: first) }
        #expect(begun.count == 4)
        let isNextTurnOpen = turns.begins(at: second)
        #expect(isNextTurnOpen)
    }
}

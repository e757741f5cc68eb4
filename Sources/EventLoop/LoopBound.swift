/// Something that lives on a loop and is reached from there alone, which is checked each time.
///
/// For what is read too often for a step into an actor. `@unchecked Sendable`: see above.
package struct LoopBound<Content>: @unchecked Sendable {
    private let loop: EventLoop
    private let content: Content

    package init(_ content: sending Content, to loop: EventLoop) {
        self.content = content
        self.loop = loop
    }

    package var here: Content {
        precondition(loop.isCurrent, "not on the loop's thread")
        return content
    }
}

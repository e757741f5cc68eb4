/// Something that lives on a loop and is reached from there alone, which is checked each time.
///
/// For what is read too often for a step into an actor. `@unchecked Sendable`: only the loop's
/// thread gets at the content.
package struct LoopBound<Content>: @unchecked Sendable {
    private let loop: EventLoop
    private let content: Content

    package init(_ content: sending Content, to loop: EventLoop) {
        self.content = content
        self.loop = loop
    }

    /// Traps on any other thread.
    package var value: Content {
        loop.checkIsolated()
        return content
    }
}

/// A value that is used on its loop's thread alone, which each access checks at run time.
///
/// It serves state that is read too often for a call into an actor, which costs 40 ns.
/// `@unchecked Sendable`: the content is reached on the loop's thread alone.
package struct LoopBound<Content>: @unchecked Sendable {
    private let loop: EventLoop
    private let content: Content

    package init(_ content: sending Content, to loop: EventLoop) {
        self.content = content
        self.loop = loop
    }

    /// The content. Traps on any other thread.
    package var value: Content {
        loop.checkIsolated()
        return content
    }
}

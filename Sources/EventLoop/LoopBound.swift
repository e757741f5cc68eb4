/// A value that is used on its loop's thread alone, which each access checks at run time.
///
/// It serves state that is read too often for a call into an actor, which costs 40 ns. The content
/// is an object: other targets would copy anything else through its type's witness table.
/// `@unchecked Sendable`: the content is reached on the loop's thread alone.
package struct LoopBound<Content: AnyObject>: @unchecked Sendable {
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

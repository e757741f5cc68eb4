import EventLoop
import Glibc
import Program
import WebPush

/// The key by which push services know this server. A rotation replaces it while the server runs.
final class PushIdentity: Sendable {
    private final class State {
        var vapid: VAPID
        var revision = 0

        init(_ vapid: VAPID) { self.vapid = vapid }
    }

    private let settings: PushSettings
    private let state: LoopBound<State>

    init(_ vapid: sending VAPID, _ settings: PushSettings, loop: EventLoop) {
        self.settings = settings
        state = LoopBound(State(vapid), to: loop)
    }

    /// As browsers take it for `applicationServerKey`.
    var publicKey: String { state.value.vapid.publicKey }
    /// Grows with every key.
    var revision: Int { state.value.revision }

    /// Calls `body` with the key of now.
    func withKey<Result, Fault>(
        _ body: (borrowing VAPID) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        try body(state.value.vapid)
    }

    /// Replaces the key in its file and here. Browsers that subscribed under the one before cannot
    /// be reached any more. It blocks for a few writes to the disk.
    func rotate() throws(StartFailure) {
        let (_, pair, _) = try PushKey.replace(settings.keyFile)
        use(VAPID(key: pair, contact: settings.contact))
    }

    /// Reads the file again.
    func reload() throws(StartFailure) {
        guard access(settings.keyFile, F_OK) == 0 else {
            throw StartFailure("\(settings.keyFile) is not there")
        }
        let (_, pair, _) = try PushKey.readOrCreate(settings.keyFile)
        let vapid = VAPID(key: pair, contact: settings.contact)
        if vapid.publicKey != publicKey { use(vapid) }
    }

    private func use(_ vapid: VAPID) {
        state.value.vapid = vapid
        state.value.revision += 1
    }
}

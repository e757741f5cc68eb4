import ArgumentParser
import Encoding
import EventLoop
import Program

extension RotatedSecret: ExpressibleByArgument {}

struct SecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Replace the secrets of a running server.",
        subcommands: [RotateSecretCommand.self])
}

struct RotateSecretCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replace one secret by a new random one; no message is lost, nothing restarts.",
        discussion: """
            session-key: sessions go on until they expire, and new ones are signed with the new \
            key; with --end-sessions everybody logs in again. push-key: every subscription to \
            notifications ends, and begins again at the next visit of its page. shared-secret: \
            ChatCore and Cipher change over together; both must read the same file.
            """)

    @Argument(help: "session-key, push-key or shared-secret.") var secret: RotatedSecret

    @Flag(help: "For session-key: end every session, because the key may be known to somebody.")
    var endSessions = false

    @Flag(
        help: """
            For shared-secret: leave the old one valid, for other ChatCores that share it; send \
            each SIGHUP, then take the second line out of the file.
            """)
    var keepOld = false

    @OptionGroup var data: DataOption

    func run() throws {
        if endSessions, secret != .sessionKey {
            throw StartFailure("--end-sessions goes with session-key")
        }
        if keepOld, secret != .sharedSecret {
            throw StartFailure("--keep-old goes with shared-secret")
        }
        let answer = try UsersCommand.ask(data, RotateSecret.target) {
            [secret, endSessions, keepOld] body in
            body.field("secret", secret.rawValue)
            if endSessions { body.field("endSessions", "yes") }
            if keepOld { body.field("keepOld", "yes") }
        }
        Output.line(said(answer["ended"]?.integer ?? 0))
    }

    private func said(_ ended: Int64) -> String {
        switch secret {
        case .sessionKey where endSessions:
            "a new session key is in use, and every session has ended"
        case .sessionKey:
            "a new session key is in use; sessions of before go on until they expire, or until "
                + "the next rotation"
        case .pushKey:
            "a new key of notifications is in use; \(counted(ended, "subscription")) ended, each "
                + "of which begins again at the next visit of its page"
        case .sharedSecret where keepOld:
            "a new shared secret is in use, and Cipher still accepts the old one: send each other "
                + "ChatCore SIGHUP, then take the second line out of the file"
        case .sharedSecret:
            "a new shared secret is in use, and Cipher refuses the old one"
        }
    }
}

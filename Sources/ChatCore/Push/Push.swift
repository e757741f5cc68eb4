import Chat
import Cryptography
import EventLoop
import Logging
import Program
import RateLimit
import Storage
import WebPush

/// Notifications to browsers whose pages are closed: what the routes need, and the delivery.
struct Push: Sendable {
    let hosts: PushHosts
    /// As browsers take it for `applicationServerKey`.
    let publicKey: String
    let delivery: PushDelivery
    private let lookups: NameLookups

    /// Reads the key file, or makes it at the first start.
    init(
        _ settings: PushSettings, store: any ChatStore, subscriptions: Subscriptions,
        announcements: Announcements, loop: EventLoop, clock: @escaping @Sendable () -> Int64,
        logger: Logger, log: RateLimitedLog
    ) throws(StartFailure) {
        let option = Defaults.pushKeyFile.option("--push-key-file")
        let (key, isNew) = try StartFailure.naming(option) { () throws(StartFailure) in
            try PushKey.readOrCreate(settings.keyFile)
        }
        if isNew {
            logger.notice(
                "made a new key of push messages: browsers subscribe under it",
                metadata: ["file": "\(settings.keyFile)"])
        }
        guard let pair = P256KeyPair(privateKey: key) else {
            throw StartFailure("\(option): \(settings.keyFile) is no key of push messages")
        }
        let vapid = VAPID(key: pair, contact: settings.contact)
        hosts = settings.hosts
        publicKey = vapid.publicKey
        lookups = NameLookups(loop: loop)
        let authorities = PushAuthorities(
            file: settings.authoritiesFile, loop: loop, clock: clock, log: log)
        delivery = PushDelivery(
            store: store, subscriptions: subscriptions, announcements: announcements,
            hosts: settings.hosts,
            sender: PushSender(loop: loop, lookups: lookups, authorities: authorities),
            vapid: vapid, topics: PushTopics(pushKey: key), loop: loop, clock: clock, log: log)
    }

    /// Delivers until it is cancelled.
    func run() async {
        await delivery.run()
        lookups.stop()
    }
}

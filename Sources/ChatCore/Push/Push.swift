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
    let identity: PushIdentity
    let delivery: PushDelivery
    /// Nothing else uses these threads.
    private let pool: WorkerPool

    private static let threads = 2

    /// Reads the key file, or makes it at the first start.
    ///
    /// - Parameter clock: Seconds since 1970, by which sessions are judged too.
    init(
        _ settings: PushSettings, store: any ChatStore, subscriptions: Subscriptions,
        announcements: Announcements, sessionLifetime: SessionLifetime, loop: EventLoop,
        clock: @escaping @Sendable () -> Int64,
        logger: Logger, log: RateLimitedLog
    ) throws(StartFailure) {
        let option = Defaults.pushKeyFile.option("--push-key-file")
        let (key, pair, isNew) = try StartFailure.naming(option) { () throws(StartFailure) in
            try PushKey.readOrCreate(settings.keyFile)
        }
        if isNew {
            logger.notice(
                "made a new key of push messages: browsers subscribe under it",
                metadata: ["file": "\(settings.keyFile)"])
        }
        identity = PushIdentity(
            VAPID(key: pair, contact: settings.contact), settings, loop: loop)
        hosts = settings.hosts
        pool = WorkerPool(threads: Self.threads, waitingMax: NameLookups.countMax)
        let lookups = NameLookups(pool: pool, loop: loop)
        let authorities = PushAuthorities(
            file: settings.authoritiesFile, pool: pool, loop: loop, clock: clock, log: log)
        delivery = PushDelivery(
            store: store, subscriptions: subscriptions, announcements: announcements,
            hosts: settings.hosts,
            sender: PushSender(loop: loop, lookups: lookups, authorities: authorities),
            identity: identity, topics: PushTopics(pushKey: key), loop: loop, clock: clock,
            sessionLifetime: sessionLifetime, log: log)
    }

    /// Delivers until it is cancelled.
    func run() async {
        await delivery.run()
        // Lookups under way are forgotten.
        pool.abandon()
    }
}

import Chat
import Cryptography
import Encoding
import EventLoop
import Logging
import RateLimit
import Storage
import WebPush

/// Sends announcements to browsers whose pages are closed. Nothing waits for it: announcements that
/// it cannot take are dropped, and those under way end with the process.
actor PushDelivery {
    /// One announcement for one subscription. The message is made when it is sent, so that it never
    /// goes to a browser that is another user's by then.
    struct Message: Hashable, Sendable {
        let announcement: Announcement
        let endpoint: ByteText
    }

    /// A service may keep a message this long for a browser that is off (RFC 8030 §5.2).
    private static let keepSeconds = 86_400
    /// The largest number of services whose authorization is kept.
    private static let authorizationsMax = 64
    /// Authorities that nobody uses are let go of at such a pause.
    private static let pauseMax: Duration = .seconds(300)

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let store: any ChatStore
    private let subscriptions: Subscriptions
    private let announcements: Announcements
    /// Nil if no other process can use the store.
    private let shared: SharedPresence?
    private let hosts: PushHosts
    private let sender: PushSender
    private let identity: PushIdentity
    private let topics: PushTopics
    /// Seconds since 1970, by which sessions are judged too.
    private let clock: @Sendable () -> Int64
    private let sessionLifetime: SessionLifetime
    private let log: RateLimitedLog

    private var queue = DeliveryQueue<Message>()
    private var authorizations: [ByteText: (text: String, madeAt: Int64)] = [:]
    /// The revision of the key that has signed them.
    private var authorizationsRevision = 0
    private let timer: WakeableTimer

    init(
        store: any ChatStore, subscriptions: Subscriptions, announcements: Announcements,
        hosts: PushHosts, sender: PushSender, identity: PushIdentity, topics: PushTopics,
        loop: EventLoop, clock: @escaping @Sendable () -> Int64,
        sessionLifetime: SessionLifetime, log: RateLimitedLog
    ) {
        self.store = store
        self.subscriptions = subscriptions
        self.announcements = announcements
        shared = SharedPresence(store, announcements, loop: loop)
        self.hosts = hosts
        self.sender = sender
        self.identity = identity
        self.topics = topics
        self.loop = loop
        timer = WakeableTimer(loop: loop)
        self.clock = clock
        self.sessionLifetime = sessionLifetime
        self.log = log
    }

    /// Delivers until it is cancelled. Runs once.
    func run() async {
        let loop = loop
        let timer = timer
        announcements.onWaiting { timer.assumeIsolated { $0.wake() } }
        let shared = shared
        await withDiscardingTaskGroup { group in
            if let shared { group.addTask(executorPreference: loop) { await shared.run() } }
            while !Task.isCancelled {
                await takeAnnouncements()
                while let delivery = queue.next(at: loop.now) {
                    group.addTask(executorPreference: loop) { await self.deliver(delivery) }
                }
                let due = queue.nextDue(after: loop.now).map { $0 - loop.now }
                await timer.wait(atMost: min(due ?? Self.pauseMax, Self.pauseMax))
                await sender.authorities.dropIfIdle()
            }
            group.cancelAll()
        }
    }

    // MARK: Taking announcements

    private func takeAnnouncements() async {
        for announcement in announcements.takeWaiting() {
            let found = try? await validSubscriptions(of: announcement.receiver)
            guard let found, !found.isEmpty, await shared?.allows(announcement) ?? true else {
                continue
            }
            for subscription in found {
                guard let endpoint = PushEndpoint(subscription.endpoint, hosts: hosts) else {
                    continue
                }
                let message = Message(
                    announcement: announcement, endpoint: subscription.endpoint)
                let addition = queue.add(
                    message, to: subscription.endpoint, at: endpoint.service,
                    for: announcement.receiver.text, at: loop.now)
                switch addition {
                case .present: ()
                case .full: noteFullQueue(of: endpoint.service)
                case .added(let displaced):
                    guard !displaced.isEmpty else { continue }
                    noteFullQueue(of: endpoint.service)
                    for message in displaced { await endIfLast(message.announcement) }
                }
            }
            // Otherwise the next message is announced.
            if isQueued(announcement) {
                announcements.announced(announcement)
            } else {
                await shared?.end(announcement)
            }
        }
    }

    private func noteFullQueue(of service: ByteText) {
        log.log(
            .warning, "a push service's queue is full; notifications are dropped",
            source: service.string)
    }

    /// Returns the receiver's subscriptions, and drops those of sessions that are over.
    private func validSubscriptions(
        of receiver: UserID
    ) async throws(StorageFault) -> [PushSubscription] {
        let found = try await store.subscriptions(of: receiver)
        let now = clock()
        let valid = found.filter { !sessionLifetime.isOver(SessionName($0.session), at: now) }
        let over = Set(found.map(\.session)).subtracting(valid.map(\.session))
        for session in over { try? await subscriptions.end(session: session, of: receiver) }
        return valid
    }

    // MARK: Delivering

    private func deliver(_ delivery: DeliveryQueue<Message>.Delivery) async {
        let message = delivery.message
        let result = await send(message)
        switch queue.finish(delivery, result, at: loop.now) {
        case .delivered: announcements.reached(message.announcement)
        case .retry: ()
        case .withdrawn: await endIfLast(message.announcement)
        case .dropSubscription:
            await endIfLast(message.announcement)
            try? await subscriptions.remove(message.endpoint, of: message.announcement.receiver)
        case .givenUp:
            await endIfLast(message.announcement)
            note(result, of: delivery.service)
        }
        await timer.wake()
    }

    /// Lets the next message be announced, if no browser was told and none will be.
    private func endIfLast(_ announcement: Announcement) async {
        guard !isQueued(announcement) else { return }
        if announcements.ended(announcement) { await shared?.end(announcement) }
    }

    private func isQueued(_ announcement: Announcement) -> Bool {
        queue.contains { $0.announcement == announcement }
    }

    private func note(_ result: PushSender.Result, of service: ByteText) {
        let reason =
            if case .refused(let status) = result { "status \(status)" } else {
                "no success in time"
            }
        log.log(
            .warning, "a push service took no notification", source: service.string,
            naming: ["service": "\(service)"], metadata: ["reason": "\(reason)"])
    }

    /// Sends a message unless its reason, the friendship, or the receiver's subscription is gone by
    /// now. It is tried again if the store cannot tell.
    private func send(_ message: Message) async -> PushSender.Result {
        let announcement = message.announcement
        guard announcements.isUnread(announcement),
            let endpoint = PushEndpoint(message.endpoint, hosts: hosts)
        else { return .withdrawn }
        let found: (keys: SubscriptionKeys, author: User)?
        do throws(StorageFault) { found = try await parties(of: message) } catch {
            return .failed(after: nil)
        }
        guard let (keys, author) = found else { return .withdrawn }
        let content = PushPayload.content(from: author, to: announcement.receiver)
        do throws(OpenSSLFault) {
            let body = try PushMessage.seal(content.span, for: keys)
            let fields: [(name: StaticString, value: String)] = [
                ("Authorization", try authorization(for: endpoint.origin)),
                ("Content-Type", "application/octet-stream"),
                ("Content-Encoding", "aes128gcm"),
                ("TTL", "\(Self.keepSeconds)"), ("Urgency", "high"),
                (
                    "Topic",
                    topics.topic(from: announcement.sender, to: announcement.receiver)
                ),
            ]
            return await sender.send(body, to: endpoint, fields: fields)
        } catch { return .failed(after: nil) }
    }

    /// Returns the keys of the receiver's browser and the sender, or nil if the two are no friends
    /// any more or the subscription has ended.
    private func parties(
        of message: Message
    ) async throws(StorageFault) -> (keys: SubscriptionKeys, author: User)? {
        let announcement = message.announcement
        guard
            let subscription = try await validSubscriptions(of: announcement.receiver)
                .first(where: { $0.endpoint == message.endpoint }),
            let keys = SubscriptionKeys(subscription),
            try await store.areFriends(announcement.receiver, announcement.sender),
            let author = try await store.user(announcement.sender)
        else { return nil }
        return (keys, author)
    }

    /// Returns a token for the service. One serves many messages, since a signature costs as much
    /// as hundreds of polls.
    private func authorization(for origin: ByteText) throws(OpenSSLFault) -> String {
        let now = clock()
        if authorizationsRevision != identity.revision { authorizations = [:] }
        authorizationsRevision = identity.revision
        if let known = authorizations[origin],
            (known.madeAt..<(known.madeAt + VAPID.lifetimeSeconds / 2)).contains(now)
        {
            return known.text
        }
        if authorizations.count >= Self.authorizationsMax { authorizations = [:] }
        let text = try identity.withKey { key throws(OpenSSLFault) in
            try key.authorization(for: origin, now: now)
        }
        authorizations[origin] = (text, now)
        return text
    }
}

extension SubscriptionKeys {
    init?(_ subscription: PushSubscription) {
        self.init(
            publicKey: subscription.publicKey, authentication: subscription.authentication)
    }

    /// Reads both from URL-safe base64, with or without padding.
    init?(publicKey: ByteText, authentication: ByteText) {
        guard let key = Self.bytes(publicKey), let secret = Self.bytes(authentication) else {
            return nil
        }
        self.init(publicKey: key, authentication: secret)
    }

    private static func bytes(_ text: ByteText) -> [UInt8]? {
        guard text.utf8Count <= 128 else { return nil }
        let digits = Array(text.utf8).filter { $0 != UInt8(ascii: "=") }
        return Base64.decodeURL(digits.span)
    }
}

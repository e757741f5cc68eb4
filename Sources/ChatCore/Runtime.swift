import Chat
import EventLoop
import Glibc
import Logging
import Program
import RateLimit
import Storage

/// The open store with the rules, endpoints and background work over it.
struct Runtime: Sendable {
    private static let lookUpsWaitingMax = 16

    private let settings: Settings
    private let services: Services
    private let cipher: CipherClient
    private let store: ServedStore
    private let vault: SharedVault
    private let observer: Observer
    private let rewrapping: Rewrapping
    private let photos: Photos
    private let passwords: WorkerPool
    private let resolver: WorkerPool
    private let comparisons: WorkerPool
    private let loop: EventLoop
    private let logger: Logger
    /// For lines that a client or a broken peer can cause again and again.
    private let limitedLog: RateLimitedLog

    init(
        settings: Settings, clients: Clients, audit: AuditLog, store: ServedStore,
        shedding: LoadShedding, loop: EventLoop, logger: Logger
    ) throws {
        self.settings = settings
        self.store = store
        self.loop = loop
        self.logger = logger
        limitedLog = RateLimitedLog(logger)
        let session = try Self.sessionKeys(settings, logger)
        let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        // No queue here, because the fair queue of `Accounts` feeds the threads.
        passwords = WorkerPool(threads: max(1, cores - 1), waitingMax: 0)
        resolver = WorkerPool(threads: 1, waitingMax: Self.lookUpsWaitingMax)
        comparisons = WorkerPool(threads: 1, waitingMax: Search.comparisonsWaitingMax)
        cipher = CipherClient(
            settings.cipher, secret: settings.cipherSecret, loop: loop, resolver: resolver,
            handshake: settings.cipherHandshake)
        let clock: @Sendable () -> Int64 = { WallClock.milliseconds }
        let announcements = Announcements(isOn: settings.push != nil, loop: loop)
        let subscriptions = Subscriptions(store: store, loop: loop)
        let push = try settings.push.map { [limitedLog] push in
            // Judged by the clock of sessions, which never runs behind the newest message.
            try Push(
                push, store: store, subscriptions: subscriptions, announcements: announcements,
                sessionLifetime: SessionLifetime(days: settings.sessionDays), loop: loop,
                clock: { max(WallClock.milliseconds, store.newestTimestamp) / 1000 },
                logger: logger, log: limitedLog)
        }
        let keys = KeyGuard(vault: cipher, store: store, loop: loop, log: limitedLog)
        vault = SharedVault(cipher, keys: keys, loop: loop)
        photos = Photos(
            store: store, vault: vault, bytesMax: settings.photoBytesMax, loop: loop,
            clock: clock, log: limitedLog)
        rewrapping = Rewrapping(
            store: store, vault: cipher, keys: keys, loop: loop, log: limitedLog, photos: photos)
        let messages = Messages(
            store: store, vault: vault, quotas: settings.quotas, loop: loop, clock: clock,
            log: limitedLog, announcements: announcements, photos: photos)
        let polls = HeldPolls(
            countMax: settings.heldPollsMax, announcements: announcements, loop: loop)
        store.observeChanges { user in polls.listChanged(of: user) }
        services = Services(
            accounts: try Accounts(
                store: store, workers: passwords, limits: settings.accountLimits, clock: clock,
                loop: loop, photos: photos),
            friends: Friends(
                store: store, quotas: settings.quotas, loop: loop, clock: clock),
            messages: messages,
            markers: ReadMarkers(store: store, quotas: settings.quotas, loop: loop),
            search: Search(
                store: store, vault: vault, workers: comparisons, loop: loop, log: limitedLog),
            photos: photos, exports: Exports(store: store, messages: messages, loop: loop),
            keys: keys, store: store,
            sessions: Sessions(
                keys: session, days: settings.sessionDays, store: store, clients: clients,
                clock: clock),
            sessionKeys: session,
            lastBackup: LastBackup(beside: settings.sessionKeyFile, loop: loop),
            tags: EntityTagKey(sessionKey: session.current), polls: polls,
            announcements: announcements,
            subscriptions: subscriptions, push: push, clients: clients,
            audit: audit, refusalDelay: RefusalDelay(loop: loop), shedding: shedding, cipher: cipher
        )
        observer = Observer(
            services, disk: DiskSpace(folder: settings.data, worker: comparisons),
            growthFile: StoreGrowthFile(beside: settings.sessionKeyFile),
            messagesMax: settings.quotas.messagesMax, loop: loop)
    }

    private static func sessionKeys(
        _ settings: Settings, _ logger: Logger
    ) throws(StartFailure) -> SessionKeys {
        let option = Defaults.sessionKeyFile.option("--session-key-file")
        let keys = try StartFailure.naming(option) { () throws(StartFailure) in
            try SessionKeys(file: settings.sessionKeyFile)
        }
        if keys.isNew {
            logger.notice(
                "made a new session key: sessions from before have ended",
                metadata: ["file": "\(settings.sessionKeyFile)"])
        }
        return keys
    }

    func application(_ files: StaticFiles) -> Application {
        let application = Application(
            routes: Routes.table(services, Documents(files: files)), files: files,
            clients: services.clients, origins: settings.allowedOrigins,
            contentPolicy: settings.contentPolicy, shedding: services.shedding, loop: loop,
            logger: logger, limitedLog: limitedLog, slowTimeMin: settings.slowTimeMin)
        observer.watch(application.router)
        return application
    }

    /// Returns the parts whose counts metrics tell.
    func metricsSources(_ application: Application) -> ChatCoreMetrics.Sources {
        let anyStore: any ChatStore = store
        let files = anyStore as? JSONStore
        return ChatCoreMetrics.Sources(
            application: application, accounts: services.accounts, vault: vault, cipher: cipher,
            store: files, database: anyStore as? any MeasuredDatabase, photos: photos,
            disk: files.map { _ in DiskSpace(folder: settings.data, worker: comparisons) },
            lastBackup: services.lastBackup)
    }

    /// Reads the keys of sessions and of push messages again. Another server may have replaced
    /// them.
    func reloadKeys() {
        do throws(StartFailure) { try services.sessionKeys.reload() } catch {
            logger.error("kept the keys of sessions as they were: \(error)")
        }
        do throws(StartFailure) { try services.push?.identity.reload() } catch {
            logger.error("kept the key of push messages as it was: \(error)")
        }
    }

    /// Runs all background work until it is cancelled, then closes the store.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { await limitedLog.run(on: loop) }
            group.addTask(executorPreference: loop) { await services.audit.run(on: loop) }
            group.addTask(executorPreference: loop) {
                await cipher.run(approve: { keys throws(VaultFault) in
                    try await services.keys.approve(keys)
                })
            }
            group.addTask(executorPreference: loop) { await services.keys.run() }
            group.addTask(executorPreference: loop) { await store.maintain() }
            group.addTask(executorPreference: loop) { await rewrapping.run() }
            group.addTask(executorPreference: loop) { await observer.run() }
            group.addTask(executorPreference: loop) { await photos.run() }
            if let push = services.push {
                group.addTask(executorPreference: loop) { await push.run() }
            }
            group.addTask(executorPreference: loop) {
                await ClockAheadWarning(
                    store: store, data: settings.data, loop: loop, logger: logger
                )
                .run()
            }
            guard let controlSocket = settings.controlSocket else { return }
            group.addTask(executorPreference: loop) {
                await ControlServer(
                    controlSocket,
                    routes: ControlRoutes(
                        services: services, store: store, rewrapping: rewrapping,
                        shared: SharedSecretRotation(
                            settings: settings, loop: loop, resolver: resolver, logger: logger),
                        observer: observer, logger: logger, worker: comparisons
                    ).table,
                    loop: loop, logger: logger, explain: { ControlFault($0)?.refusal }
                ).run()
            }
        }
        services.audit.finish()
        await store.close()
        passwords.stop()
        resolver.stop()
        comparisons.stop()
    }
}

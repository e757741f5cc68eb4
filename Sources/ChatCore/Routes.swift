import Chat
import EventLoop
import HTTP
import RateLimit
import Storage

/// The objects that endpoints use.
struct Services: Sendable {
    let accounts: Accounts
    let friends: Friends
    let messages: Messages
    let markers: ReadMarkers
    let search: Search
    let photos: Photos
    let exports: Exports
    let keys: KeyGuard
    let store: any ChatStore
    let sessions: Sessions
    let sessionKeys: SessionKeys
    let lastBackup: LastBackup
    let tags: EntityTagKey
    let streams = StreamedAnswers()
    let polls: HeldPolls
    let announcements: Announcements
    let subscriptions: Subscriptions
    /// Nil where notifications are turned off.
    let push: Push?
    let clients: Clients
    let audit: AuditLog
    let refusalDelay: RefusalDelay
    let shedding: LoadShedding
    let cipher: CipherClient
}

/// All routes of the public API. The web client's files are not routes. The OpenAPI document lists
/// the same routes, and a test compares both (docs/api.md).
enum Routes {
    static func table(_ services: Services, _ documents: Documents) -> [Route] {
        accounts(services) + friends(services) + chat(services) + push(services) + [
            Route(.get, "/api-docs.json", documents),
            Route(.get, "/api-docs", DocumentsPage()),
            Route(.get, "/healthz", Liveness()),
            Route(
                .get, "/readyz",
                Readiness(
                    store: services.store, keys: services.keys, shedding: services.shedding,
                    cipher: services.cipher)),
        ]
    }

    private static func accounts(_ services: Services) -> [Route] {
        let (sessions, audit) = (services.sessions, services.audit)
        let attempts = PasswordAttempts(
            clients: services.clients, audit: audit, shedding: services.shedding,
            delay: services.refusalDelay)
        return [
            Route(
                .post, "/auth/register",
                Register(accounts: services.accounts, attempts: attempts, audit: audit)),
            Route(
                .post, "/auth/login",
                LogIn(
                    accounts: services.accounts, sessions: sessions, attempts: attempts,
                    audit: audit)),
            Route(
                .post, "/auth/change-password",
                ChangePassword(
                    accounts: services.accounts, sessions: sessions, attempts: attempts,
                    audit: audit)),
            Route(
                .post, "/auth/delete-account",
                DeleteAccount(
                    accounts: services.accounts, sessions: sessions, attempts: attempts,
                    audit: audit)),
            Route(
                .post, "/auth/logout",
                LogOut(sessions: sessions, subscriptions: services.subscriptions)),
            Route(
                .get, "/account/export",
                ExportAccount(exports: services.exports, sessions: sessions)),
        ]
    }

    private static func friends(_ services: Services) -> [Route] {
        let sessions = services.sessions
        return [
            Route(
                .post, "/friends/add",
                AddFriend(friends: services.friends, sessions: sessions, audit: services.audit)),
            Route(
                .get, "/friends/{userId}",
                ListFriends(
                    friends: services.friends, messages: services.messages, keys: services.keys,
                    sessions: sessions, tags: services.tags, streams: services.streams,
                    polls: services.polls)),
            Route(
                .post, "/friends/remove",
                ChangeFriendship(change: .remove, friends: services.friends, sessions: sessions)),
            Route(
                .post, "/friends/block",
                ChangeFriendship(change: .block, friends: services.friends, sessions: sessions)),
            Route(
                .post, "/friends/unblock",
                ChangeFriendship(change: .unblock, friends: services.friends, sessions: sessions)),
            Route(
                .get, "/friends/{userId}/blocked",
                ListBlocked(friends: services.friends, sessions: sessions)),
        ]
    }

    private static func chat(_ services: Services) -> [Route] {
        let sessions = services.sessions
        return [
            Route(
                .post, "/chat/send",
                SendMessage(messages: services.messages, sessions: sessions)),
            Route(
                .post, "/chat/delete",
                DeleteMessage(messages: services.messages, sessions: sessions)),
            Route(
                .post, "/chat/read",
                MarkRead(
                    markers: services.markers, sessions: sessions,
                    announcements: services.announcements)),
            Route(
                .get, "/chat/history",
                ReadHistory(
                    messages: services.messages, keys: services.keys, sessions: sessions,
                    tags: services.tags, streams: services.streams,
                    announcements: services.announcements)),
            Route(
                .put, "/chat/photo/{id}",
                StorePhoto(photos: services.photos, sessions: sessions)),
            Route(
                .get, "/chat/photo/{id}",
                ReadPhoto(
                    photos: services.photos, sessions: sessions, tags: services.tags,
                    streams: services.streams)),
            Route(
                .get, "/chat/search",
                SearchMessages(search: services.search, sessions: sessions)),
        ]
    }

    private static func push(_ services: Services) -> [Route] {
        guard let push = services.push else { return [] }
        let sessions = services.sessions
        return [
            Route(.get, "/push/key", ShowPushKey(identity: push.identity)),
            Route(
                .post, "/push/subscribe",
                Subscribe(
                    subscriptions: services.subscriptions, hosts: push.hosts, sessions: sessions)),
            Route(
                .delete, "/push/subscribe",
                Unsubscribe(subscriptions: services.subscriptions, sessions: sessions)),
        ]
    }
}

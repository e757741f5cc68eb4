import Chat
import CipherAPI
import Cryptography
import Encoding
import EventLoop
import Logging
import Program
import Storage
import Testing
import TestSupport

@testable import ChatCore
@testable import HTTP

private let extremes: [Int64] = [
    .min, .min + 1, -(1 << 53), -1, 0, 1, 1_800_000_000, 1 << 53 - 1, 1 << 53, .max / 1000,
    .max - 1, .max,
]

private func key() -> Secret {
    var bytes = [UInt8](repeating: 7, count: 32)
    return Secret(taking: &bytes)
}

/// Extremes in every integer of a session: in its token, and in what the store holds it against.
@Suite struct ExtremeSessionTests {
    private static func withStore(
        epoch: Int64, newest: Int64, _ body: @escaping @Sendable (JSONStore) async throws -> Void
    ) throws {
        let temporary = TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = temporary.path
        let loop = try EventLoop()
        try loop.run {
            let ana = User(
                id: UserID("ana"), username: "ana", password: "p", contacts: [UserID("ana")],
                epoch: Int(epoch))
            let message = StoredMessage(
                id: MessageID("m"), senderId: ana.id, receiverId: ana.id, content: "v1:A",
                timestamp: newest)
            try await StoreFolder(folder).create(users: [ana], messages: [message], keys: [:])
            let store = try await JSONStore.open(folder: folder, loop: loop, logger: .silent)
            try await body(store)
            await store.close()
        }
    }

    private static func sessions(_ store: JSONStore, clock: Int64) throws -> Sessions {
        let proxies = try #require(TrustedProxies(""))
        return Sessions(
            keys: SessionKeys(key()), days: 3650, store: store,
            clients: Clients(trusting: proxies, logger: .silent), clock: { clock })
    }

    private static func request(_ token: String) -> Request {
        Request(.get, "/friends/ana", fields: [("Authorization", "Bearer \(token)")])
    }

    @Test(arguments: extremes)
    func `a session begins and is judged whatever the store and the clock say`(
        newest: Int64
    ) throws {
        for epoch in [Int64.min, -1, 0, .max] {
            try Self.withStore(epoch: epoch, newest: newest) { store in
                for clock in extremes {
                    let sessions = try Self.sessions(store, clock: clock)
                    let user = try #require(await store.user(UserID("ana")))
                    let (token, _) = try await sessions.begin(for: user, Self.request("x"))
                    #expect(try await sessions.caller(of: Self.request(token)) == user.id)
                }
            }
        }
    }

    @Test func `a signed token of any integers is taken or refused`() throws {
        try Self.withStore(epoch: 3, newest: 1_800_000_000_000) { store in
            let sessions = try Self.sessions(store, clock: 1_800_000_000_000)
            for issuedAt in extremes {
                for expiresAt in extremes {
                    for epoch in extremes + [3] {
                        let token = SessionToken(
                            user: UserID("ana"), issuedAt: issuedAt, expiresAt: expiresAt,
                            epoch: Int(epoch))
                        let request = Self.request(token.signed(with: key()))
                        let isTaken = (try? await sessions.caller(of: request)) != nil
                        if epoch != 3 || expiresAt <= 1_800_000_000 { #expect(!isTaken) }
                    }
                }
            }
        }
    }
}

/// Extremes in Cipher's answers.
@Suite struct ExtremeAnswerTests {
    private static func answer(_ body: String) -> ClientResponse {
        ClientResponse(
            status: .ok, fields: Fields(bytes: [], entries: []), body: Array(body.utf8))
    }

    private static let numbers =
        extremes.map { "\($0)" } + ["9223372036854775808", "-9223372036854775809", "1e400", "1.5"]

    @Test(arguments: numbers)
    func `a key is such as Cipher makes it, or the answer is none`(number: String) {
        let sound = """
            {"keys":[{"version":1,"state":"current","legacy":false,"created":2,"age":3,\
            "fingerprint":"aa","sealed":4,"opened":5,"spent":6}]}
            """
        for (name, value) in [
            ("version", "1"), ("created", "2"), ("age", "3"), ("sealed", "4"), ("opened", "5"),
            ("spent", "6"),
        ] {
            let body = sound.replacing("\"\(name)\":\(value)", with: "\"\(name)\":\(number)")
            let keys = try? CipherAnswer.keys(Self.answer(body))
            let isSound = name == "version" ? number == "1" : Int64(number) != nil
            #expect((keys != nil) == isSound, "\(name): \(number)")
        }
    }

    @Test func `a fingerprint has a length`() {
        for (length, isTaken) in [(0, false), (1, true), (128, true), (129, false)] {
            let body = """
                {"keys":[{"version":1,"state":"current","legacy":false,"created":2,"age":3,\
                "fingerprint":"\(String(repeating: "a", count: length))","sealed":4,"opened":5,\
                "spent":6}]}
                """
            #expect(((try? CipherAnswer.keys(Self.answer(body))) != nil) == isTaken)
        }
    }

    @Test(
        arguments: [
            ("v1:", 1), ("v999999999:", 999_999_999), ("v0:", nil), ("v01:", nil), ("v-1:", nil),
            ("v+1:", nil), ("v:", nil), ("v1000000000:", nil), ("v9223372036854775807:", nil),
            ("v1", nil), ("", nil), ("1:", nil),
        ] as [(String, Int?)])
    func `a content names its version as Cipher writes it`(text: String, version: Int?) {
        #expect(CipherAnswer.version(of: JSONText(ByteText(text))) == version)
    }
}

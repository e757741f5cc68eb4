import Encoding
import Storage
import StoreConformance
import Testing

@testable import Chat

@Suite struct TypedNameTests {
    @Test(arguments: [
        ("budi", ["budi"]), (" budi\t", [" budi\t", "budi"]),
        ("\u{3000}budi\u{A0}", ["\u{3000}budi\u{A0}", "budi"]),
        ("@budi", ["@budi", "budi"]), (" @budi ", [" @budi ", "@budi", "budi"]),
        ("@ budi", ["@ budi", " budi", "budi"]), ("@@budi", ["@@budi", "@budi"]),
        ("budi@", ["budi@"]), ("@", ["@"]), ("  ", ["  "]), ("", [""]),
        ("\u{FEFF}budi", ["\u{FEFF}budi"]),
    ])
    func `a friend's name is tried as typed, then without blanks, then without its sign`(
        typed: String, tried: [String]
    ) {
        #expect(TypedName(ofFriend: ByteText(typed)).candidates == tried.map { ByteText($0) })
    }

    @Test(arguments: [
        ("budi", ["budi"]), (" budi ", [" budi ", "budi"]), ("@budi", ["@budi"]), ("  ", ["  "]),
    ])
    func `a log-in's name is tried as typed, then without blanks`(typed: String, tried: [String]) {
        #expect(TypedName(atLogIn: ByteText(typed)).candidates == tried.map { ByteText($0) })
    }

    @Test func `a text longer than any name is nobody's, with or without its blanks`() {
        let blanks = String(repeating: " ", count: Username.lookedUpBytesMax)
        for typed in ["\(blanks)x", "x\(blanks)"] {
            #expect(TypedName(atLogIn: ByteText(typed)).candidates.isEmpty)
            #expect(TypedName(ofFriend: ByteText(typed)).candidates.isEmpty)
        }
        #expect(TypedName(atLogIn: ByteText(blanks)).candidates == [ByteText(blanks)])
    }

    @Test func `a name that ends with a blank is somebody else than the one without`() throws {
        try withRules { rules in
            let hash = try BCrypt.hash("kata sandi")
            for name in ["budi ", "BUDI", "@wati"] as [ByteText] {
                let id = UserID("id-\(name)")
                let user = User(id: id, username: name, password: hash, contacts: [], epoch: 0)
                try await rules.base.store.commit(reading: []) { _ in (.userAdded(user), ()) }
            }
            let wanted: [(typed: ByteText, found: ByteText)] = [
                ("budi ", "budi "), ("Budi ", "budi "), ("budi", "BUDI"), (" budi ", "BUDI"),
                ("\tBUDI\u{3000}", "BUDI"), (" @wati", "@wati"),
            ]
            for (typed, found) in wanted {
                let user = try await rules.accounts.logIn(username: typed, password: "kata sandi")
                #expect(user.username == found, "\(typed)")
            }
            for typed in ["@budi", " ", "budi x"] as [ByteText] {
                await #expect(throws: ChatFault.badCredentials) {
                    _ = try await rules.accounts.logIn(username: typed, password: "kata sandi")
                }
            }
        }
    }

    @Test func `a friend is found as typed, then without blanks and sign`() throws {
        try withRules { rules in
            for name in ["budi", "Budi ", "@wati", "wati", "ayu"] as [ByteText] {
                _ = try await rules.user(name)
            }
            let wanted: [(typed: ByteText, found: ByteText)] = [
                ("budi", "budi"), ("BUDI ", "Budi "), (" budi", "budi"), (" @Budi", "budi"),
                ("@wati", "@wati"), (" @wati ", "@wati"), ("@@wati", "@wati"), ("Wati", "wati"),
                ("@AYU", "ayu"), ("@ ayu", "ayu"),
            ]
            for (index, (typed, found)) in wanted.enumerated() {
                let caller = try await rules.user("caller\(index)")
                let friend = try await rules.friends.add(typed, to: caller)
                #expect(friend.username == found, "\(typed)")
            }
            let caller = try await rules.user("caller")
            for typed in ["@", "  ", "@@ayu", "ayu@"] as [ByteText] {
                await #expect(throws: ChatFault.friendNotFound) {
                    _ = try await rules.friends.add(typed, to: caller)
                }
            }
            await #expect(throws: ChatFault.selfFriend) {
                _ = try await rules.friends.add(" @caller ", to: caller)
            }
        }
    }
}

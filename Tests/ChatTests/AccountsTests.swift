import Encoding
import Storage
import StoreConformance
import Testing

@testable import Chat

@Suite struct AccountsTests {
    @Test func `a registered user can login only with the right password`() throws {
        try withRules { rules in
            let user = try await rules.accounts.register(username: "Siti", password: "kata sandi")
            #expect(user.password.hasPrefix("$2b$10$"))
            let again = try await rules.accounts.logIn(username: "siti", password: "kata sandi")
            #expect(again.id == user.id)
            let wrong: [(ByteText, ByteText)] = [("Siti", "kata sandx"), ("nobody", "kata sandi")]
            for (name, password) in wrong {
                await #expect(throws: ChatFault.badCredentials) {
                    _ = try await rules.accounts.logIn(username: name, password: password)
                }
            }
        }
    }

    @Test func `one of many concurrent registrations gets the name`() throws {
        try withRules { rules in
            let won = await withTaskGroup(of: Bool.self) { group in
                for name in ["siti", "SITI", "Siti", "siTi"] as [ByteText] {
                    group.addTask(executorPreference: rules.base.loop) {
                        let user = try? await rules.accounts.register(
                            username: name, password: "kata sandi")
                        return user != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(won == 1)
        }
    }

    @Test func `a changed password ends older sessions and wants the current one right`() throws {
        try withRules { rules in
            let user = try await rules.accounts.register(username: "siti", password: "kata sandi")
            await #expect(throws: ChatFault.badCredentials) {
                _ = try await rules.accounts.changePassword(
                    of: user.id, caller: user.id, to: "sandi baru", current: "salah salah")
            }
            let changed = try await rules.accounts.changePassword(
                of: user.id, caller: user.id, to: "sandi baru", current: "kata sandi")
            #expect(changed.epoch != user.epoch)
            _ = try await rules.accounts.logIn(username: "siti", password: "sandi baru")
            await #expect(throws: ChatFault.userNotFound) {
                _ = try await rules.accounts.changePassword(
                    of: UserID("nobody"), caller: user.id, to: "sandi baru", current: nil)
            }
            let other = try await rules.user("budi")
            await #expect(throws: ChatFault.forbidden) {
                _ = try await rules.accounts.changePassword(
                    of: other, caller: user.id, to: "sandi baru", current: nil)
            }
        }
    }

    @Test func `every byte of the current password counts`() throws {
        try withRules { rules in
            let password: ByteText = "\(String(repeating: "q7", count: 36))"
            let user = try await rules.accounts.register(username: "siti", password: password)
            await #expect(throws: ChatFault.badCredentials) {
                _ = try await rules.accounts.changePassword(
                    of: user.id, caller: user.id, to: "sandi baru", current: password + "!")
            }
        }
    }

    /// The hash is a test vector of OpenWall's crypt_blowfish 1.3, whose password is cut.
    @Test func `a password that the earlier system truncated works until it is changed`() throws {
        try withRules { rules in
            let counted: ByteText =
                "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
            let password = counted + "chars after 72 are ignored"
            let id = UserID("id-siti")
            let user = User(
                id: id, username: "siti",
                password: "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui")
            try await rules.base.store.commit(reading: []) { _ in (.userAdded(user), ()) }
            let accounts = rules.accounts
            let loggedIn = try await accounts.logIn(username: "siti", password: password)
            #expect(loggedIn.id == id && loggedIn.epoch == user.epoch)
            #expect(loggedIn.password.hasPrefix("$2b$10$"))
            let longer: ByteText = "\(password)\(String(repeating: "x", count: 600))"
            #expect(try await accounts.logIn(username: "siti", password: longer) == loggedIn)
            let signedOut = try await accounts.signOut("siti")
            #expect(signedOut.epoch != user.epoch)
            #expect(try await accounts.signOut("siti").epoch != signedOut.epoch)
            _ = try await accounts.logIn(username: "siti", password: password)
            _ = try await accounts.changePassword(
                of: id, caller: id, to: counted, current: password)
            _ = try await accounts.logIn(username: "siti", password: counted)
            await #expect(throws: ChatFault.badCredentials) {
                _ = try await accounts.logIn(username: "siti", password: password)
            }
        }
    }

    @Test func `sessions that end while a password is hashed change it no more`() throws {
        try withRules { rules in
            let user = try await rules.accounts.register(username: "siti", password: "kata sandi")
            await withTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: rules.base.loop) {
                    await #expect(throws: ChatFault.badCredentials) {
                        _ = try await rules.accounts.changePassword(
                            of: user.id, caller: user.id, to: "sandi baru", current: "kata sandi")
                    }
                }
                group.addTask(executorPreference: rules.base.loop) {
                    // Long enough for the other to have begun, short beside its two hashes.
                    for _ in 0..<100 { await Task.yield() }
                    _ = try? await rules.accounts.signOut("siti")
                }
            }
            _ = try await rules.accounts.logIn(username: "siti", password: "kata sandi")
        }
    }
}

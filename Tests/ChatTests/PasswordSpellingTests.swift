import Encoding
import Storage
import Testing

@testable import Chat

/// The same word as two keyboards spell it.
private let composed: ByteText = "caf\u{E9} di Bandung"
private let decomposed: ByteText = "cafe\u{301} di Bandung"

@Suite struct PasswordSpellingTests {
    @Test(arguments: [composed, decomposed], [composed, decomposed])
    func `all spellings of a password are equal`(chosen: ByteText, typed: ByteText) throws {
        try withRules { rules in
            _ = try await rules.accounts.register(username: "siti", password: chosen)
            let user = try await rules.accounts.logIn(username: "siti", password: typed)
            _ = try await rules.accounts.changePassword(
                of: user.id, caller: user.id, to: typed, current: typed)
            _ = try await rules.accounts.logIn(username: "siti", password: chosen)
        }
    }

    @Test(arguments: [composed, decomposed])
    func `a hash of an earlier system is tried with the bytes as sent`(chosen: ByteText) throws {
        let check = try PasswordCheck()
        let hash = try BCrypt.hash(chosen)
        let asSent = check.run(chosen, against: hash, length: .anyCut, highestCost: 10)
        #expect(asSent.isRight && PasswordCheck.isRight(chosen, for: hash, .anyCut))
    }

    @Test func `a wrong word is wrong in both spellings`() throws {
        let check = try PasswordCheck()
        let hash = try BCrypt.hash(composed)
        for wrong in ["cafe di Bandung", "cafe\u{300} di Bandung"] as [ByteText] {
            #expect(!check.run(wrong, against: hash, length: .whole, highestCost: 10).isRight)
            #expect(!PasswordCheck.isRight(wrong, for: hash, .whole))
        }
    }

    @Test func `a new password is measured as it is kept`() throws {
        // 73 bytes as typed, 72 as kept.
        let typed = ByteText(String(repeating: "a", count: 70) + "e\u{301}")
        #expect(try NewPassword(typed, username: "siti").text.utf8Count == 72)
        let marks = ByteText("rahasia" + String(repeating: "\u{301}", count: 30_000))
        #expect(throws: ChatFault.weakPassword(.tooLong)) {
            try NewPassword(marks, username: "siti")
        }
    }
}

import Encoding
import Testing

@testable import Chat

@Suite struct UsernameTests {
    @Test(arguments: ["abc", "A.b_c-9", "...", String(repeating: "x", count: 32)])
    func `a valid username is accepted`(name: String) {
        #expect(Username(ByteText(name))?.text == ByteText(name))
    }

    @Test(arguments: [
        "", "ab", String(repeating: "x", count: 33), "a b", "abc\n", "abc\0", "abç", "аbc",
        "abc\u{200B}",
        "<b>abc", "ab/c", "a@b", "ａｂｃ", "abc\u{301}", "a\u{202E}bc",
    ])
    func `an invalid username is refused`(name: String) {
        #expect(Username(ByteText(name)) == nil)
    }
}

@Suite struct NewPasswordTests {
    @Test(arguments: [
        ("1234567", PasswordProblem.tooShort), ("öööööö7", .tooShort),
        (String(repeating: "ab", count: 37), .tooLong),
        (String(repeating: "😀x", count: 15), .tooLong),
        ("abc\0defgh", .holdsNUL), ("Siti.Aminah", .isUsername), ("password", .isCommon),
        ("PassWord", .isCommon), ("12345678", .isCommon), ("aaaaaaaaaa", .isCommon),
        ("bismillah", .isCommon), ("indonesia", .isCommon), ("qwertyuiop", .isCommon),
    ])
    func `a weak password is refused`(text: String, problem: PasswordProblem) {
        #expect(throws: ChatFault.weakPassword(problem)) {
            try NewPassword(ByteText(text), username: "siti.aminah")
        }
    }

    @Test(arguments: [
        "kata sandi 01", "correct horse", "密碼密碼密碼密碼", "        x",
        String(repeating: "xyz", count: 24), String(repeating: "a", count: 72),
        String(repeating: "é", count: 36),
    ])
    func `another password is taken unchanged`(text: String) throws {
        let password = try NewPassword(ByteText(text), username: "siti")
        #expect(password.text == ByteText(text))
        #expect("\(password)" == "<password>")
        #expect(!String(reflecting: password).contains(text))
    }
}

@Suite struct CommonPasswordsTests {
    /// Every 150th of the 3,000 most common passwords of eight characters or more that zxcvbn
    /// counts, and the last of them.
    @Test(arguments: [
        "password", "rolltide", "ghbdtnbr", "amsterdam", "skorpion", "blessing", "elizaveta",
        "michael2", "pipeline", "28021992", "26031988", "bigdicks", "123456789qwe", "nokia5800",
        "gizmodo1", "lincoln1", "undertow", "snowman1", "maurolarastefy", "sidewind", "greyhoun",
    ])
    func `the 3000 most common passwords are refused in any case`(password: String) {
        #expect(isCommon(password) && isCommon(password.uppercased()))
    }

    @Test(arguments: ["jennifer", "jonathan", "anderson", "something", "november"])
    func `names and words that are chosen often are refused`(password: String) {
        #expect(isCommon(password))
    }

    @Test(arguments: ["sayangku", "RahasiA123", "terserah", "merdeka45", "surabaya"])
    func `common Indonesian passwords are refused`(password: String) {
        #expect(isCommon(password))
    }

    @Test func `the hashes are sorted and complete`() {
        let bytes = CommonPasswords.hashes.withUTF8Buffer { Array($0) }
        #expect(bytes.count == 6 * CommonPasswords.hashCount)
        let hashes = stride(from: 0, to: bytes.count, by: 6).map { Array(bytes[$0..<($0 + 6)]) }
        for (one, other) in zip(hashes, hashes.dropFirst()) {
            #expect(one.lexicographicallyPrecedes(other))
        }
    }

    /// The same ones each time. One in 17 million is listed by mistake.
    @Test func `ten thousand uncommon passwords are accepted`() {
        var state: UInt64 = 1
        var refused: [String] = []
        for _ in 0..<10_000 {
            var password = ""
            for _ in 0..<10 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                password.unicodeScalars.append(Unicode.Scalar(UInt8(33 + (state >> 33) % 94)))
            }
            if CommonPasswords.contains(ByteText(password)) { refused.append(password) }
        }
        #expect(refused.isEmpty)
    }

    private func isCommon(_ password: String) -> Bool {
        do throws(ChatFault) {
            _ = try NewPassword(ByteText(password), username: "siti")
            return false
        } catch {
            return error == .weakPassword(.isCommon)
        }
    }
}

@Suite struct BCryptTests {
    /// From the test suite of OpenWall's crypt_blowfish 1.3, which is where `$2b$` and `$2y$` come
    /// from.
    @Test(arguments: [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        ("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        ("\u{A3}", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.CE5elHaaO4EbggVDjb8P19RukzXSM3e"),
    ])
    func `known hashes verify`(password: String, hash: String) {
        // The last vector is the single byte A3, which is no UTF-8 text and must not verify as one.
        let hash = ByteText(hash)
        #expect(BCrypt.verify(ByteText(password), against: hash) == (password != "\u{A3}"))
        #expect(!BCrypt.verify("\(password)x", against: hash))
    }

    @Test func `a new hash verifies only its password`() throws {
        let hash = try BCrypt.hash("kata sandi 01")
        #expect(hash.hasPrefix("$2b$10$"))
        #expect(hash.utf8Count == 60)
        #expect(BCrypt.verify("kata sandi 01", against: hash))
        #expect(!BCrypt.verify("kata sandi 02", against: hash))
        #expect(try BCrypt.hash("kata sandi 01") != hash)
        for letter in ["a", "y"] {
            let other = hash.string.replacing("$2b$", with: "$2\(letter)$")
            #expect(BCrypt.verify("kata sandi 01", against: ByteText(other)))
        }
    }

    /// The first of the two bytes of é is the last that counts.
    @Test func `only the first 72 bytes of a password count`() throws {
        let text = String(repeating: "a", count: 71) + "é"
        let hash = try BCrypt.hash(ByteText(text))
        for count in [0, 1, 438, 439, 440, 60_000] {
            #expect(BCrypt.verify("\(text)\(String(repeating: "b", count: count))", against: hash))
        }
        #expect(!BCrypt.verify("\(String(repeating: "a", count: 600))", against: hash))
        #expect(!BCrypt.verify("\(text)\(String(repeating: "b", count: 600))\0", against: hash))
    }

    @Test(arguments: ["", "*0", "$1$abc$xyz", "$2b$10$short", String(repeating: "x", count: 60)])
    func `an invalid bcrypt hash verifies no password`(hash: String) {
        #expect(!BCrypt.verify("", against: ByteText(hash)))
        #expect(!BCrypt.verify("kata sandi", against: ByteText(hash)))
    }

    @Test func `a NUL never shortens a password`() throws {
        let hash = try BCrypt.hash("abc")
        #expect(!BCrypt.verify("abc\0def", against: hash))
    }
}

@Suite struct RandomIDTests {
    @Test func `a random id is a UUID of version 4`() {
        let made = (0..<1000).map { _ in RandomID.uuid() }
        #expect(made.allSatisfy(RandomID.isUUID))
        #expect(Set(made).count == 1000)
    }

    @Test(arguments: [
        "", "8451e1a1-2871-1b5f-a70c-eae4c509075d", "8451e1a1-2871-4b5f-c70c-eae4c509075d",
        "8451e1a128714b5fa70ceae4c509075d", "8451e1a1-2871-4b5f-a70c-eae4c509075g",
        " 8451e1a1-2871-4b5f-a70c-eae4c509075d", "{8451e1a1-2871-4b5f-a70c-eae4c509075d}",
    ])
    func `another text is no UUID`(text: String) {
        #expect(!RandomID.isUUID(ByteText(text)))
    }

    @Test func `an id tells the day of its account, and no more`() throws {
        let time: Int64 = 1_796_641_429_155
        let made = (0..<1000).map { _ in RandomID.uuid(ofDayAt: time) }
        #expect(Set(made).count == 1000)
        #expect(!made.contains(where: RandomID.isUUID), "version 4 tells no day")
        let day = try #require(RandomID.day(of: made[0]))
        #expect(day == time - time % 86_400_000)
        #expect(made.allSatisfy { RandomID.day(of: $0) == day })
        #expect(made.allSatisfy { $0.utf8.prefix(13).elementsEqual(made[0].utf8.prefix(13)) })
        #expect(RandomID.day(of: RandomID.uuid()) == nil)
        #expect(RandomID.day(of: "budi") == nil)
        // The clock was not set, or a UUID of another system tells milliseconds.
        #expect(RandomID.day(of: RandomID.uuid(ofDayAt: 86_400_000)) == nil)
        #expect(RandomID.day(of: "01a0b1c2-d3e4-7f5a-8b5c-eae4c509075d") == nil)
    }

    @Test func `a UUID is read in both cases`() {
        #expect(RandomID.isUUID("8451E1A1-2871-4B5F-A70C-eae4c509075d"))
    }
}

import Encoding
import Foundation
import Testing

@testable import HTTP

@Suite struct MessageTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `a date is written as RFC 9110 wants it`(seconds: Int64, text: String) {
        #expect(HTTPDate(seconds: seconds).text == text)
    }

    @Test func `every day of four centuries has its date`() throws {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for day in stride(from: Int64(0), to: 146_097, by: 37) {
            let seconds = day * 86_400 + 12_345
            let date = Date(timeIntervalSince1970: TimeInterval(seconds))
            #expect(HTTPDate(seconds: seconds).text == formatter.string(from: date))
        }
    }

    @Test(arguments: [.min, 67_767_976_233_529_200, 67_768_036_191_676_799, .max] as [Int64])
    func `no second is too late for a date`(seconds: Int64) {
        #expect(HTTPDate(seconds: seconds).text.hasSuffix(" GMT"))
    }

    @Test func `the date of all responses follows the second`() {
        let fields = ServerFields()
        for seconds: Int64 in [5, 5, 6, 5] {
            let date = HTTPDate(seconds: seconds)
            let lines = "Date: \(date.text)\r\nX-Content-Type-Options: nosniff\r\n"
            #expect(fields.lines(at: date).bytes == Array(lines.utf8))
        }
    }

    @Test(arguments: [
        "a=1&b=two+words&c=%26%3D&d&=e&&f=x=y&%67+=%2B", "a=1&d&=e&f=x=y&c2",
    ])
    func `a query is read as a form`(text: String) throws {
        let query = Request(.get, "/?" + text).query
        let isPlain = !text.contains("%")
        #expect(try query.value(of: "a") == "1")
        #expect(try query.value(of: "b") == (isPlain ? nil : "two words"))
        #expect(try query.value(of: "c") == (isPlain ? nil : "&="))
        #expect(try query.value(of: "d") == "")
        #expect(try query.value(of: "") == "e")
        #expect(try query.value(of: "f") == "x=y")
        #expect(try query.value(of: "g ") == (isPlain ? nil : "+"))
        #expect(try query.value(of: "g") == nil)
    }

    @Test(arguments: ["a=1&b=2&a=1", "a&a", "%61=1&a=2"])
    func `a repeated parameter has no value`(text: String) {
        let query = Request(.get, "/?" + text).query
        #expect(throws: Query.Fault.repeated) { try query.value(of: "a") }
        #expect(throws: Query.Fault.repeated) { try query.matches("a", "1") }
    }

    @Test(arguments: ["a=one+two&b", "a=one%20two&b=", "a=one&b"])
    func `a value is compared in place`(text: String) throws {
        let query = Request(.get, "/?" + text).query
        let value = try query.value(of: "a") ?? ""
        #expect(try query.matches("a", value) == true)
        for other in [value + "x", "\(String(value.string.dropLast()))", "", "one+two"]
        where other != value {
            #expect(try query.matches("a", other) == false)
        }
        #expect(try query.matches("b", "") == nil && query.matches("c", "x") == nil)
    }

    @Test func `a query that is empty has no parameters`() throws {
        #expect(try Request(.get, "/?").query.value(of: "") == nil)
        #expect(try Request(.get, "/").query.value(of: "a") == nil)
    }

    @Test func `a query is kept as it was sent`() {
        #expect(Request(.get, "/?a=%31&b").query.text == "a=%31&b")
        #expect(Request(.get, "/").query.text.isEmpty)
    }

    @Test(arguments: ["%", "%1", "%gg", "x%00", "%ff", "100%"])
    func `an invalid value affects no other`(text: String) throws {
        let query = Request(.get, "/?a=\(text)&b=%41").query
        #expect(throws: Query.Fault.malformed) { try query.value(of: "a") }
        #expect(throws: Query.Fault.malformed) { try query.matches("a", "1") }
        #expect(try query.value(of: "b") == "A")
        #expect(try Request(.get, "/?\(text)=1&b=%41").query.value(of: "b") == "A")
    }

    @Test func `what browsers leave unescaped in a query is read as it is`() throws {
        #expect(try Request(.get, "/?a={b|c}[d]^`\\").query.value(of: "a") == "{b|c}[d]^`\\")
    }

    @Test func `the bytes of a value are passed on, several of them joined`() {
        let request = Request(
            .get, "/", fields: [("A", "one"), ("B", " two "), ("a", "three")])
        for name: StaticString in ["A", "a", "b", "C"] {
            let lent = request.withField(name) { ByteText(repairing: $0) }
            #expect(lent == request.field(name))
        }
        #expect(request.field("a") == "one, three")
        #expect(request.field("b") == "two")
        #expect(request.field("c") == nil)
    }

    @Test func `character classes are those of the RFCs`() {
        let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
        let token = Set((letters + "!#$%&'*+-.^_`|~").utf8)
        let target = Set((letters + "-._~!$&'()*+,;=:@/?%").utf8)
        let host = Set((letters + "-._~!$&'()*+,;=%").utf8)
        for byte in UInt8.min ... .max {
            #expect(byte.isToken == token.contains(byte))
            #expect(byte.isTarget == target.contains(byte))
            #expect(byte.isHostName == host.contains(byte))
            #expect(byte.isFieldText == (byte == 9 || byte >= 32 && byte != 127))
            let digit = Set("0123456789abcdefABCDEF".utf8).contains(byte)
            #expect((byte.hexadecimalValue != nil) == digit)
        }
    }

    @Test(arguments: Method.allCases)
    func `every method is known by its exact name`(method: Method) {
        #expect(Method(in: Array(method.rawValue.utf8).span) == method)
        let wrong = Array(method.rawValue.utf8.dropLast()) + [UInt8(ascii: "x")]
        #expect(Method(in: wrong.span) == nil)
        #expect(Method(in: Array(method.rawValue.lowercased().utf8).span) == nil)
    }
}

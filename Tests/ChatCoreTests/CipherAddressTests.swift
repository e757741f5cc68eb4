import Program
import Testing

@testable import ChatCore

@Suite struct CipherAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8082", "127.0.0.1", 8082), ("http://cipher", "cipher", 80),
        ("HTTP://cipher.internal:1/", "cipher.internal", 1), ("http://[::1]:8082", "::1", 8082),
        ("http://[::1]/", "::1", 80), ("http://a_b-c:65535", "a_b-c", 65_535),
        ("https://cipher:8082", "cipher", 8082), ("HTTPS://cipher/", "cipher", 443),
        ("https://[::1]", "::1", 443),
    ])
    func `a scheme, a host and a port are read`(url: String, host: String, port: UInt16) throws {
        let address = try CipherAddress(url: url)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.isSecure == url.lowercased().hasPrefix("https"))
    }

    @Test(arguments: [
        "", "cipher", "cipher:8082", "https:cipher", "http:/cipher", "ftp://cipher", "http://",
        "https://", "http:///",
        "http://:8082", "http://cipher:", "http://cipher:0", "http://cipher:65536",
        "http://cipher:+1", "http://cipher:8o82", "http://cipher/path", "http://cipher//",
        "http://cipher?x", "http://cipher#x", "http://hunter2@cipher", "http://::1", "http://[::1",
        "http://[::1]8082", "http://[cipher]", "http://ci pher", "http://cipher\r\n", "http://é",
    ])
    func `all else is refused with what to write`(url: String) {
        let failure = #expect(throws: StartFailure.self) { try CipherAddress(url: url) }
        #expect(failure?.description.contains("--cipher-url") == true)
        #expect(failure?.description.contains("hunter2") == false)
    }
}

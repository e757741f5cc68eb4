import Encoding
import EventLoop
import Testing

@testable import WebPush

@Suite struct PushEndpointTests {
    @Test(arguments: [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA-_",
        "https://db5p.notify.windows.com/w/?token=BQ%3d%3d",
        "https://web.push.apple.com/QOw",
        "https://FCM.googleapis.com/a",
    ])
    func `endpoints of browsers are taken`(url: String) throws {
        let endpoint = try #require(PushEndpoint(ByteText(url), hosts: .browsers))
        #expect(endpoint.access == .publicAddresses)
        #expect(endpoint.port == 443)
    }

    @Test(arguments: [
        "http://fcm.googleapis.com/a", "https://fcm.googleapis.com:8443/a",
        "https://fcm.googleapis.com", "https://fcm.googleapis.com?x",
        "https://fcm.googleapis.com.example.org/a", "https://user@fcm.googleapis.com/a",
        "https://fcm.googleapis.com@127.0.0.1/a", "https://127.0.0.1/a", "https://localhost/a",
        "https://[::1]/a", "https://fcm.googleapis.com/a#b", "https://fcm.googleapis.com/a b",
        "https://fcm.googleapis.com\\@127.0.0.1/", "https://notify.windows.com/a",
        "https://evilnotify.windows.com/a", "https://fcm.googleapis.com./a", "https:///a",
        "https://fcm.googleapis.com:0443443/a", "", "fcm.googleapis.com/a",
        "https://fcm.googleapis.com/\u{e9}", "https://fcm.googleapis.com/a[b]",
    ])
    func `all others are refused`(url: String) {
        #expect(PushEndpoint(ByteText(url), hosts: .browsers) == nil)
    }

    @Test func `an endpoint over its limit is refused`() {
        let start = "https://fcm.googleapis.com/"
        let longest = start + String(repeating: "a", count: PushEndpoint.bytesMax - start.count)
        #expect(PushEndpoint(ByteText(longest), hosts: .browsers) != nil)
        #expect(PushEndpoint(ByteText(longest + "a"), hosts: .browsers) == nil)
    }

    @Test func `an address of the list is reached and none beside it`() throws {
        let hosts = try #require(PushHosts(parsing: "127.0.0.1:4433, *.push.example,[::1]:9"))
        let relay = try #require(PushEndpoint("https://127.0.0.1:4433/x", hosts: hosts))
        #expect(relay.access == .anyAddress)
        #expect(relay.origin == "https://127.0.0.1:4433")
        #expect(PushEndpoint("https://[::1]:9/x", hosts: hosts)?.origin == "https://[::1]:9")
        #expect(PushEndpoint("https://127.0.0.1/x", hosts: hosts) == nil)
        #expect(PushEndpoint("https://127.0.0.1:4434/x", hosts: hosts) == nil)
        #expect(PushEndpoint("https://a.push.example/x", hosts: hosts)?.target == "/x")
        #expect(PushEndpoint("https://push.example/x", hosts: hosts) == nil)
        #expect(PushEndpoint("https://fcm.googleapis.com/x", hosts: hosts) == nil)
    }

    @Test(arguments: ["", ",", "a b", "*.", "*", "host:443", "127.0.0.1:0", "https://a", "*.a:443"])
    func `a malformed list is refused`(text: String) {
        #expect(PushHosts(parsing: text) == nil)
    }
}

@Suite struct PublicAddressTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
        "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
        "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255",
        "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1.1.1.1", "100::1", "fe80::1",
        "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001::1", "2001:0:1::", "2001:db8::1",
        "2002:7f00:1::", "2002:c0a8:1::1", "2002:a00:1::", "3fff::1", "4000::1", "5f00::1",
    ])
    func `addresses that are not public are never reached`(text: String) throws {
        let address = try #require(SocketAddress(numeric: text, port: 443))
        #expect(!PublicAddress.isPublic(address))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
        "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8", "2002:808:808::1", "2606:4700::1111", "2a00:1450::1", "2001:4860::8",
    ])
    func `public addresses are reached`(text: String) throws {
        let address = try #require(SocketAddress(numeric: text, port: 443))
        #expect(PublicAddress.isPublic(address))
    }

    @Test func `a path and a scoped address are not public`() {
        #expect(!PublicAddress.isPublic(.unix(path: "/a")))
        #expect(!PublicAddress.isPublic(.ipv6(0x2a00 << 48, 1, scope: 2, port: 1)))
    }
}

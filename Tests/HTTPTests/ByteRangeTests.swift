import Testing

@testable import HTTP

@Suite struct ByteRangeTests {
    @Test(arguments: [
        ("bytes=0-0", 0..<1), ("bytes=0-9", 0..<10), ("bytes=3-5", 3..<6), ("bytes=9-", 9..<10),
        ("bytes=0-", 0..<10), ("BYTES=2-99999999999999999999999", 2..<10), ("bytes=007-8", 7..<9),
    ])
    func `one range within a body is its part`(field: String, part: Range<Int>) {
        #expect(ByteRange.part(of: 10, in: field.utf8.span) == part)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=-", "bytes=-5", "bytes=10-", "bytes=10-12", "bytes=5-4",
        "bytes=0-1,4-5", "bytes=0-1-2", "bytes= 0-1", "bytes=+0-1", "bytes=0x0-1", "items=0-1",
        "bytes=99999999999999999999999-", "bytes=a-b",
    ])
    func `whatever else a field says, the whole body is the answer`(field: String) {
        #expect(ByteRange.part(of: 10, in: field.utf8.span) == nil)
    }
}

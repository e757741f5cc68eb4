import Glibc
import Testing

@testable import Program

struct WallClockTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"), (-62_167_219_200, "0000-01-01T00:00:00Z"),
        ] as [(Int64, String)])
    func `a time has its date`(seconds: Int64, text: String) {
        #expect(WallClock.text(seconds: seconds) == text)
    }

    /// The last year of tm(3) is 2,147,485,547: there the year since 1900 still fits in 32 bits.
    @Test(
        arguments: [
            .min, -62_167_219_201, 253_402_300_800, 67_767_976_233_529_200, 67_768_036_191_676_799,
            67_768_036_191_676_800, .max,
        ] as [Int64])
    func `a year without four digits is told in seconds`(seconds: Int64) {
        #expect(WallClock.text(seconds: seconds) == "@\(seconds)")
        #expect(WallClock.text(timespec(tv_sec: Int(seconds), tv_nsec: 0)) == "@\(seconds)")
    }
}

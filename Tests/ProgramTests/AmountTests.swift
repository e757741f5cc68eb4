import Testing

@testable import Program

@Suite struct AmountTests {
    @Test func `bytes have the largest unit that leaves a whole number`() {
        #expect(
            [0, 1023, 1024, 1536, 5 << 20, 3 << 30, 2 << 40].map(Amount.bytes) == [
                "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "5.0 MiB", "3.0 GiB", "2.0 TiB",
            ])
    }

    @Test func `durations are told in the unit that a person would take`() {
        #expect(
            [-5, 0, 119, 120, 7199, 7200, 172_799, 172_800].map(Amount.duration) == [
                "0 s", "0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 d",
            ])
    }

    @Test func `a share has one digit, also of nothing`() {
        #expect(
            [Amount.share(of: 1, in: 1000), Amount.share(of: 0, in: 0), Amount.share(of: 7, in: 7)]
                == ["0.1 %", "0.0 %", "100.0 %"])
    }
}

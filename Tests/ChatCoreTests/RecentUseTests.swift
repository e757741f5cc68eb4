import EventLoop
import Metrics
import Testing

@testable import ChatCore

@Suite struct RecentUseTests {
    private func sample(_ seconds: Int64, requests: Int, sends: Int) -> RecentUse.Sample {
        let sendTime = Histogram()
        for _ in 0..<sends { sendTime.add(.milliseconds(3)) }
        return RecentUse.Sample(
            at: MonotonicTime(nanoseconds: seconds * 1_000_000_000), requests: requests,
            sends: sends, sendTime: sendTime.reading, pollTime: Histogram().reading)
    }

    @Test func `rates are those of the last minute and times those of all samples`() {
        var use = RecentUse()
        use.add(sample(0, requests: 0, sends: 0))
        use.add(sample(60, requests: 600, sends: 60))
        use.add(sample(110, requests: 1000, sends: 70))
        let rates = use.rates(at: sample(120, requests: 1200, sends: 90))
        #expect(rates.requestsPerSecond == 10)
        #expect(rates.sendsPerSecond == 0.5)
        #expect(rates.sends == RecentUse.Rates.Times(p50: 5_000_000, p99: 5_000_000))
        #expect(rates.polls == RecentUse.Rates.Times())
    }

    @Test func `samples are forgotten after ten minutes`() {
        var use = RecentUse()
        for second in stride(from: Int64(0), through: 1200, by: 10) {
            use.add(sample(second, requests: 0, sends: second == 0 ? 0 : 5))
        }
        #expect(use.rates(at: sample(1210, requests: 0, sends: 5)).sends.p50 == nil)
    }
}

import EventLoop
import HTTP
import Logging
import Metrics
import Testing

@testable import ChatCore

@Suite struct SlowRequestTests {
    private func times(_ answering: Int64, _ writing: Int64) -> ServedTimes {
        let millisecond: Int64 = 1_000_000
        return ServedTimes(
            read: MonotonicTime(nanoseconds: 0),
            answered: MonotonicTime(nanoseconds: answering * millisecond),
            written: MonotonicTime(nanoseconds: (answering + writing) * millisecond))
    }

    @Test func `the parts of a request's time add up to all of it`() {
        let request = Request(.post, "/chat/send")
        request.served.spent(100_000_000, on: .queue)
        request.served.spent(20_000_000, on: .vault)
        request.served.spent(3_000_000, on: .disk)
        let found = SlowRequests.metadata(request, .ok, times(130, 5))
        #expect(found["ms"] == "135" && found["status"] == "200")
        let parts = ["queueMs", "vaultMs", "diskMs", "writingMs", "otherMs"]
        #expect(parts.map { "\(found[$0] ?? "")" } == ["100", "20", "3", "5", "7"])
    }

    @Test func `parts that overlap leave no negative rest`() {
        let request = Request(.post, "/chat/send")
        request.served.spent(200_000_000, on: .vault)
        #expect(SlowRequests.metadata(request, .ok, times(130, 0))["otherMs"] == "0")
    }

    @Test func `moments in a wrong order count as none`() {
        let times = ServedTimes(
            read: MonotonicTime(nanoseconds: 9), answered: MonotonicTime(nanoseconds: 5),
            written: MonotonicTime(nanoseconds: 4))
        #expect(times.all == 0)
    }

    @Test func `a task's waits go to the request that it serves`() async {
        let request = Request(.post, "/chat/send")
        CurrentRequest.spent(.seconds(1), on: .disk)
        await CurrentRequest.during(request.served) {
            CurrentRequest.spent(.milliseconds(2), on: .disk)
        }
        #expect(request.time(spentOn: .disk) == 2_000_000)
    }
}

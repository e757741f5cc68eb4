import EventLoop
import Glibc
import Testing

@testable import Storage

/// Each call of the disk fails once, in each way it can.
@Suite struct FaultTests {
    @Test(arguments: [
        SimulatedDisk.Disturbance.fail(EIO), .fail(ENOSPC), .fail(EINTR), .fail(EMFILE),
        .fail(ENOMEM), .short(1), .short(40),
    ])
    func `any call may fail once`(_ disturbance: SimulatedDisk.Disturbance) throws {
        let calls = try onLoop { loop in
            var run = FaultRun(loop, disturbing: .max, by: nil)
            try await run.run()
            return run.culprit.calls
        }
        #expect(calls > 100)
        for number in 0..<calls {
            try onLoop { loop in
                var run = FaultRun(loop, disturbing: number, by: disturbance)
                do {
                    try await run.run()
                } catch {
                    Issue.record(
                        "call \(number), \(String(describing: run.culprit.call)): \(error)")
                }
            }
        }
    }
}

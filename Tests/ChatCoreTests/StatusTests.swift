import Encoding
import Program
import Testing

@testable import ChatCore

@Suite struct StatusTests {
    private static let day: Int64 = 86_400

    @Test func `a store's growth is told after an hour`() {
        var growth = StoreGrowth()
        #expect(growth.bytesPerDay(1, at: 0) == nil)
        let isFirst = growth.add(1000, at: 100)
        #expect(isFirst)
        #expect(growth.bytesPerDay(2000, at: 100 + 3599) == nil)
        #expect(growth.bytesPerDay(3000, at: 100 + Self.day) == 2000)
    }

    @Test func `a store's size is noted once a day, and a week of them counts`() {
        var growth = StoreGrowth()
        let isFirst = growth.add(1000, at: 0)
        #expect(isFirst)
        let isSoonAfter = growth.add(1000, at: Self.day - 1)
        #expect(!isSoonAfter)
        for day in 1...Int64(20) {
            let isAdded = growth.add(5000, at: day * Self.day)
            #expect(isAdded)
        }
        #expect(growth.sizes.count == 8)
        #expect(growth.bytesPerDay(5000, at: 20 * Self.day) == 0)
        #expect(growth.bytesPerDay(12_000, at: 20 * Self.day) == 1000)
    }

    @Test func `sizes from after the clock was put back are dropped`() {
        var growth = StoreGrowth()
        _ = growth.add(1, at: 50 * Self.day)
        let isKept = growth.add(2, at: 10 * Self.day)
        #expect(isKept)
        #expect(growth.sizes == [StoreGrowth.Size(at: 10 * Self.day, bytes: 2)])
    }

    @Test func `a quiet report has no warnings`() {
        var report = StatusReport()
        #expect(StatusWarning.all(of: report).isEmpty)
        report.store = StatusReport.Store()
        report.disk = StatusReport.Disk(all: 1000, free: 900, bytesPerDay: 1)
        report.vault = StatusReport.Vault(
            keyVersion: 1, keyAge: 60, seals: 1, sealsMax: 100, waiting: 0)
        report.backup = StatusReport.Backup()
        #expect(StatusWarning.all(of: report).isEmpty)
    }

    @Test func `warnings come with the worst first`() {
        var report = StatusReport()
        report.notReady = StatusWarning(code: "sealed", line: "sealed")
        var store = StatusReport.Store()
        (store.messages, store.messagesMax, store.isFull) = (8, 10, true)
        (store.foldFailures, store.isAhead) = (1, true)
        store.original = "data/db.json.before-takeover"
        report.store = store
        report.disk = StatusReport.Disk(all: 1000, free: 200, bytesPerDay: 100)
        report.vault = StatusReport.Vault(
            keyVersion: 1, keyAge: 60, seals: 50, sealsMax: 100, waiting: 0)
        report.backup = StatusReport.Backup()
        #expect(
            StatusWarning.all(of: report).map(\.code) == [
                "sealed", "disk_full", "disk_full_soon", "messages_nearly_max", "no_backup",
                "fold_failed", "clock_ahead", "key_old", "original_left",
            ])
        report.disk?.free = 99
        report.backup?.age = 8 * Self.day
        report.store?.messages = 10
        report.vault?.seals = 100
        #expect(
            StatusWarning.all(of: report).map(\.code) == [
                "sealed", "disk_full", "messages_max", "key_exhausted", "disk_nearly_full",
                "backup_old", "fold_failed", "clock_ahead", "original_left",
            ])
    }

    @Test func `a time beyond the last bound is null and shown as such`() throws {
        var report = StatusReport()
        report.use.sends = RecentUse.Rates.Times(p50: 5_000_000, p99: .max)
        report.use.sendsPerSecond = 1.257
        var body = JSONWriter()
        body.beginObject()
        report.write(to: &body)
        body.endObject()
        let bytes = body.bytes
        let parsed = try JSONValue.parse(bytes.span)
        let answer = try #require(parsed.object)
        #expect(answer["sendMicrosecondsP50"] == .integer(5000))
        #expect(answer["sendMicrosecondsP99"] == .null)
        #expect(answer["pollMicrosecondsP50"] == nil)
        #expect(answer["sendsPerSecond"] == .double(1.26))
        let lines = StatusPage(answer).lines
        #expect(lines.contains("sends    p50 up to 5.0 ms, p99 over 10 s"))
        #expect(lines.contains("polls    none in the last ten minutes"))
        #expect(lines.contains("use      0.0 requests and 1.3 sends a second"))
    }
}

import Encoding
import HTTP
import Program
import Storage

/// `POST /status`: the answer that `ChatCore status` shows. Unknown values are left out. A time
/// beyond the last bound is null.
struct ShowServerStatus: Endpoint {
    static let target = ControlServer.statusTarget

    let observer: Observer

    func answer(_ request: Request) async throws -> Response {
        let report = await observer.report()
        return .json { report.write(to: &$0) }
    }
}

extension StatusReport {
    func write(to body: inout JSONWriter) {
        body.beginStatus(
            notReady == nil ? "ready" : "not ready", StatusWarning.all(of: self))
        body.field("uptimeSeconds", uptimeSeconds)
        body.field("residentBytes", residentBytes)
        body.field("shedding", isShedding)
        store?.write(to: &body)
        database?.write(to: &body)
        disk?.write(to: &body)
        body.rate("requestsPerSecond", use.requestsPerSecond)
        body.rate("sendsPerSecond", use.sendsPerSecond)
        write(use.sends, ("sendMicrosecondsP50", "sendMicrosecondsP99"), to: &body)
        write(use.polls, ("pollMicrosecondsP50", "pollMicrosecondsP99"), to: &body)
        body.field("waitingPasswords", waitingPasswords)
        if let age = backup?.age { body.field("backupAgeSeconds", age) }
        if let isGood = backup?.isGood { body.field("backupCheck", isGood ? "passed" : "failed") }
        vault?.write(to: &body)
    }

    private func write(
        _ times: RecentUse.Rates.Times, _ names: (StaticString, StaticString),
        to body: inout JSONWriter
    ) {
        for (name, time) in [(names.0, times.p50), (names.1, times.p99)] {
            guard let time else { continue }
            body.name(name)
            if time == .max { body.null() } else { body.integer(time / 1000) }
        }
    }
}

extension StatusReport.Store {
    fileprivate func write(to body: inout JSONWriter) {
        body.field("users", users)
        body.field("messages", messages)
        body.field("messagesMax", messagesMax)
        body.field("snapshotBytes", snapshotBytes)
        body.field("journalBytes", journalBytes)
        body.field("photoBytes", photoBytes)
    }
}

extension DatabaseSize {
    fileprivate func write(to body: inout JSONWriter) {
        body.field("users", users)
        body.field("usersAreEstimated", usersAreEstimated)
        body.field("messages", messages)
        if let bytes { body.field("databaseBytes", bytes) }
        if let archiveAge { body.field("archiveAgeSeconds", archiveAge) }
    }
}

extension StatusReport.Disk {
    fileprivate func write(to body: inout JSONWriter) {
        body.field("diskBytes", all)
        body.field("diskFreeBytes", free)
        if let bytesPerDay { body.field("storeBytesPerDay", bytesPerDay) }
        if let daysLeft { body.field("diskDaysLeft", daysLeft) }
    }
}

extension StatusReport.Vault {
    fileprivate func write(to body: inout JSONWriter) {
        if let programVersion { body.field("cipherVersion", programVersion) }
        body.field("keyVersion", keyVersion)
        body.field("keyAgeSeconds", keyAge)
        body.field("keySeals", seals)
        body.field("keySealsMax", sealsMax)
        body.field("waitingTexts", waiting)
    }
}

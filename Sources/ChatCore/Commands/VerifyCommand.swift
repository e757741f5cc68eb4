import ArgumentParser
import Program
import Storage

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every byte of a stopped server's store, or of a backup.",
        discussion: """
            Reads all of db.json and its journal: checksums, records, ids, timestamps, contacts. \
            It changes nothing, and refuses while a server has the folder. Damage is told with its \
            file and offset, and the exit status is not 0 then; nor where the photo of a message \
            is missing or damaged.
            """)

    @OptionGroup var data: DataOption

    func run() throws {
        let path = try data.path()
        let report: StoreReport
        do throws(StorageFault) {
            report = try StoreFolder(path).verify()
        } catch {
            if case .takeover = error {
                throw StartFailure("\(error): start ChatCore to take it over, then verify it")
            }
            throw StartFailure(error, data: path)
        }
        Output.line(
            "\(path) is sound: \(counted(report.users, "user")), "
                + "\(counted(report.messages, "message")); db.json of "
                + "\(counted(report.snapshotBytes, "byte")), "
                + "\(counted(report.segments, "journal segment")) with "
                + "\(counted(report.changes, "change")) that it does not hold yet")
        if let tail = report.tornTail {
            Output.line(
                "\(tail.file) ends in a torn tail of \(counted(tail.bytes, "byte")) at byte "
                    + "\(tail.offset): what a crash left of a write that nobody was told is "
                    + "stored; the next start cuts it off")
        }
        for line in report.remarks { Output.line(line) }
        for file in report.leftovers {
            Output.line("\(file) was left behind by a crash; the next start removes it")
        }
        try tell(report.photos)
    }

    private static let listedMax = 100

    private func tell(_ photos: PhotoReport) throws {
        if photos.count > 0 {
            Output.line(
                "\(counted(photos.count, "photo")) of messages are sound: "
                    + "\(counted(photos.bytes, "byte"))")
        }
        if photos.unnamedCount > 0 {
            Output.line(
                "\(counted(photos.unnamedCount, "photo")) that no message names; a running server "
                    + "removes them within a day")
        }
        if photos.isSound { return }
        for fault in photos.damaged.prefix(Self.listedMax) { Output.line("\(fault)") }
        for id in photos.missing.prefix(Self.listedMax) {
            Output.line("the photo \(id) of a message is missing")
        }
        throw StartFailure(
            "\(counted(photos.missing.count, "photo")) missing, "
                + "\(counted(photos.damaged.count, "photo")) damaged: put photos/ of a backup "
                + "beside db.json; the messages themselves are sound")
    }
}

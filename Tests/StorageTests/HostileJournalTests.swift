import Encoding
import Testing

@testable import Storage

/// As `HostileValuesTests`, in the journal.
@Suite struct HostileJournalTests {
    typealias Case = HostileValuesTests.Case

    static let inJournal: [Case] = [
        Case("3000}", "9223372036854775807}", opens: true, accepted: false),
        Case("3000}", "-9223372036854775808}", opens: false, accepted: false),
        Case("\"epoch\":4", "\"epoch\":-9223372036854775808", opens: true, accepted: false),
        Case("\"version\":2", "\"version\":-9223372036854775808", opens: true, accepted: false),
        Case("\"version\":2", "\"version\":9223372036854775807", opens: true, accepted: false),
        Case("\"after\":63", "\"after\":9223372036854775807", opens: true, accepted: false),
        Case("\"after\":63", "\"after\":-9223372036854775808", opens: true, accepted: false),
        Case("{\"segment\":2", "{\"segment\":-9223372036854775808", opens: false, accepted: false),
        Case("{\"durable\":0}", "{\"durable\":-1}", opens: false, accepted: false),
        Case(
            "{\"durable\":0}", "{\"durable\":-9223372036854775808}", opens: false,
            accepted: false),
        Case("{\"durable\":0}", "{\"durable\":9223372036854775807}", opens: false, accepted: false),
        // Of the removed message, not of the added one.
        Case(
            "\"budi\",\"timestamp\":4000}", "\"budi\",\"timestamp\":9223372036854775807}",
            opens: false, accepted: false),
        Case("\"deletedAt\":6000", "\"deletedAt\":5000", opens: false, accepted: false),
        Case("\"deletedAt\":6000", "\"deletedAt\":-1", opens: false, accepted: false),
        Case(
            "\"deletedAt\":6000", "\"deletedAt\":9223372036854775807", opens: true,
            accepted: false),
        Case(
            "5000,\"deleted\":true,\"deletedAt\":6000", "5000", opens: false, accepted: false),
        Case(
            "\"\",\"timestamp\":5000", "\"v1:E\",\"timestamp\":5000", opens: false,
            accepted: false),
        Case("[\"ana\",\"citra\"]", "[\"ana\",\"ana\"]", opens: false, accepted: false),
        Case("\"userRemoved\":\"dewi\"", "\"userRemoved\":\"ana\"", opens: true, accepted: false),
        // A line may have 16 MiB, and a record a little less.
        Case("v2:C", String(repeating: "x", count: 1 << 24 - 200), opens: true, accepted: false),
        Case("v2:C", String(repeating: "x", count: 1 << 24), opens: false, accepted: false),
        Case(
            "v2:C", String(repeating: "x", count: 1 << 24 + 1 << 19), opens: false,
            accepted: false),
    ]

    @Test(arguments: inJournal)
    func `a start takes the value, or names the file and the place`(hostile: Case) throws {
        try onLoop { loop in
            var forged = ForgedStore.sample.replacing(hostile.old, with: hostile.new)
            // A time beyond all others leaves none for those that follow it.
            if hostile.new == "9223372036854775807}" {
                forged.lines.removeAll { $0.contains("\"m4\"") || $0.contains("\"m5\"") }
            }
            var exercise = Exercise(loop)
            try await exercise.run(try forged.disk())
            #expect(exercise.did("open") == hostile.opens, "\(exercise.faults)")
            #expect(exercise.did("verify") == hostile.opens, "\(exercise.faults)")
            if hostile.opens {
                for step in ["history", "friends", "rewrap", "fold", "backup"] {
                    #expect(exercise.did(step), "\(step): \(exercise.faults)")
                }
            } else {
                guard case .damaged("/data/journal-000002", _, _)? = exercise.faults["open"] else {
                    Issue.record("\(exercise.faults)")
                    return
                }
            }
        }
    }

    @Test func `a change to a message of a removed user is damage`() throws {
        try onLoop { loop in
            var forged = ForgedStore.sample
            forged.lines.insert(#"{"userRemoved":"budi"}"#, at: 7)
            let disk = try forged.disk()
            await #expect(throws: StorageFault.self) { try await JSONStore.open(disk, loop) }
        }
    }
}

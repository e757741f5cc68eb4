import Encoding
import EventLoop
import Glibc
import Testing
import TestSupport

@testable import Storage

@Suite struct BackupTests {
    @Test func `a copy under writers holds all that was acknowledged, and a prefix of the rest`()
        throws
    {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi", "citra", "dewi")
            try await store.add("first", from: "ana", to: "budi", at: 1)
            try await store.fold()
            let acknowledged = Shared<[String]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, pair) in [("ana", "budi"), ("citra", "dewi")].enumerated() {
                    group.addTask(executorPreference: loop) {
                        for number in 1...200 {
                            let id = "m\(index)-\(number)"
                            try await store.add(
                                id, from: pair.0, to: pair.1, at: Int64(number + 1))
                            acknowledged.append(id)
                        }
                    }
                }
                try await loop.eventually { acknowledged.value.count >= 40 }
                for copy in 1...3 {
                    let before = acknowledged.value
                    let report = try await store.backup(to: "/copy\(copy)")
                    #expect(report.segments >= 1)
                    try await checkPrefix("/copy\(copy)", disk, before: before, loop)
                    // A fold between two copies, and the service goes on.
                    try await store.fold()
                }
                try await group.waitForAll()
            }
            #expect(try await store.history("ana", "budi").count == 201)
        }
    }

    private func checkPrefix(
        _ path: String, _ disk: SimulatedDisk, before: [String], _ loop: EventLoop
    ) async throws {
        let verified = try StoreFolder(path, disk: disk).verify()
        #expect(verified.tornTail == nil && verified.leftovers == [] && verified.users == 4)
        let copy = try await JSONStore.open(
            folder: path, disk: disk, loop: loop, logger: .silent)
        var held: Set<String> = []
        for (index, pair) in [("ana", "budi"), ("citra", "dewi")].enumerated() {
            let ids = try await copy.history(pair.0, pair.1).map(\.id.text.string)
            let own = ids.filter { $0 != "first" }
            #expect(own == (0..<own.count).map { "m\(index)-\($0 + 1)" }, "a hole in the copy")
            held.formUnion(ids)
        }
        #expect(held.isSuperset(of: before) && held.contains("first"))
        try await copy.addUsers("eka")
        await copy.close()
    }

    @Test func `folds and backups that begin at once take turns`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            // A fold that begins before the one under way has ended takes its temporary file.
            let open = Shared(0)
            let overlaps = Shared(0)
            disk.disturb { operation in
                guard operation.path.hasSuffix("/data/db.json.tmp") else { return nil }
                switch operation.call {
                case .create:
                    if open.value > 0 { overlaps.add() }
                    open.add()
                case .rename: open.value = 0
                default: break
                }
                return nil
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for copy in 0..<4 {
                    group.addTask(executorPreference: loop) { try await store.fold() }
                    group.addTask(executorPreference: loop) {
                        _ = try await store.backup(to: "/copy\(copy)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(overlaps.value == 0)
            for copy in 0..<4 {
                #expect(try StoreFolder("/copy\(copy)", disk: disk).verify().users == 2)
            }
        }
    }

    @Test func `a folder that holds anything is left alone`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try disk.makeFolder("/copy")
            disk.setContent("/copy/letter", [1])
            await #expect(throws: BackupFault.self) { try await store.backup(to: "/copy") }
            #expect(disk.files.filter { $0.hasPrefix("/copy") } == ["/copy/letter"])
            disk.remove("/copy/letter")
            _ = try await store.backup(to: "/copy")
            _ = try StoreFolder("/copy", disk: disk).verify()
        }
    }

    @Test func `a copy that fails at any call leaves nothing`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            try await store.fold()
            try await store.add("m1", from: "ana", to: "budi", at: 1)
            var failures = 0
            while failures < 100 {
                let tally = Shared(0)
                let fatal = failures
                disk.disturb { operation in
                    guard operation.path.hasPrefix("/copy"), operation.call != .unlink,
                        operation.call != .removeFolder
                    else { return nil }
                    tally.add()
                    return tally.value == fatal + 1 ? .fail(ENOSPC) : nil
                }
                let report = try? await store.backup(to: "/copy")
                disk.disturb(nil)
                if report != nil { break }
                #expect(disk.files.filter { $0.hasPrefix("/copy") } == [])
                failures += 1
            }
            #expect(failures > 8 && failures < 100)
            // The store itself took no harm.
            try await store.add("m2", from: "ana", to: "budi", at: 2)
            #expect(try StoreFolder("/copy", disk: disk).verify().messages == 1)
        }
    }

    @Test func `a copy cut short by a power failure is no store`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana")
            try await store.fold()
            try await store.addUsers("budi")
            await store.close()
            disk.disturb { operation in
                operation.call == .rename && operation.path.hasPrefix("/copy") ? .powerCut : nil
            }
            #expect(throws: BackupFault.self) {
                try StoreFolder("/data", disk: disk).backup(to: "/copy")
            }
            let after = disk.afterKill()
            #expect(throws: StorageFault.self) {
                try StoreFolder("/copy", disk: after).verify()
            }
            #expect(try StoreFolder("/data", disk: after).verify().users == 2)
        }
    }

    @Test func `damage is found and not copied`() throws {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            try await store.add("m1", from: "ana", to: "budi", at: 1)
            let journal = "/data/journal-000001"
            var content = disk.content(journal) ?? []
            content[content.count / 2] ^= 1
            disk.overwrite(journal, content)
            do {
                _ = try await store.backup(to: "/copy")
                Issue.record("it was copied")
            } catch BackupFault.store(.damaged(let file, _, _)) {
                #expect(file == journal)
            }
            #expect(disk.files.filter { $0.hasPrefix("/copy") } == [])
        }
    }

    @Test func `a stopped store is copied without its torn tail and nothing of it changes`() throws
    {
        try onLoop { loop in
            let disk = SimulatedDisk()
            let store = try await JSONStore.open(disk, loop)
            try await store.addUsers("ana", "budi")
            #expect(throws: BackupFault.store(.locked)) {
                try StoreFolder("/data", disk: disk).backup(to: "/copy")
            }
            let stopped = disk.afterKill()
            let journal = "/data/journal-000001"
            stopped.setContent(journal, (stopped.content(journal) ?? []) + Array("torn".utf8))
            let before = stopped.files.map { stopped.content($0) }
            _ = try StoreFolder("/data", disk: stopped).backup(to: "/copy")
            let own = stopped.files.filter { $0.hasPrefix("/data") }
            #expect(own.map { stopped.content($0) } == before)
            let copied = try StoreFolder("/copy", disk: stopped).verify()
            #expect(copied.users == 2 && copied.tornTail == nil)
            #expect(try StoreFolder("/data", disk: stopped).verify().tornTail?.bytes == 4)
        }
    }
}

import Encoding
import EventLoop
import Glibc
import Synchronization
import Testing
import TestSupport

@testable import Storage

/// A fixed run of changes, folds, reads and a restart. One call of the disk fails once, and the run
/// checks the consequences.
struct FaultRun {
    enum Step: Sendable {
        case change(Change)
        case fold, read, restart
    }

    static let names = ["a", "b", "c"]
    static let steps: [Step] = [
        .change(.userAdded(.named("a"))), .change(.userAdded(.named("b"))),
        .change(.befriended(UserID("a"), UserID("b"))), message(1), message(2), .read,
        .change(.messageReplaced(MessageID("m1"), from: "v1:AAAA", to: "v2:BBBB")), .fold,
        message(3), .change(.userChanged(.named("b"))), message(4), .restart, message(5),
        .change(.userAdded(.named("c"))), .fold, .read, message(6), .restart, message(7), .read,
    ]

    private static func message(_ number: Int) -> Step {
        .change(.messageAdded(.sample("m\(number)", from: "a", to: "b", at: Int64(number))))
    }

    /// Counts the disk's calls and disturbs one of them.
    final class Culprit: Sendable {
        let number: Int
        let disturbance: SimulatedDisk.Disturbance?
        private let count = Atomic(0)
        private let operation = Mutex<SimulatedDisk.Operation?>(nil)

        init(_ number: Int, _ disturbance: SimulatedDisk.Disturbance?) {
            self.number = number
            self.disturbance = disturbance
        }

        var calls: Int { count.load(ordering: .relaxed) }
        /// The call that was disturbed, once it has been.
        var call: SimulatedDisk.Operation? { operation.withLock { $0 } }
        /// Whether it was to confirm something, after which nobody knows what the disk holds.
        var isSync: Bool { call?.call == .sync || call?.call == .syncFolder }

        func disturb(_ operation: SimulatedDisk.Operation) -> SimulatedDisk.Disturbance? {
            guard count.wrappingAdd(1, ordering: .relaxed).oldValue == number,
                let disturbance, disturbance.canHappen(to: operation.call)
            else { return nil }
            self.operation.withLock { $0 = operation }
            return disturbance
        }
    }

    let loop: EventLoop
    let culprit: Culprit
    private var disk = SimulatedDisk()
    private var model = PlainModel()

    init(_ loop: EventLoop, disturbing number: Int, by disturbance: SimulatedDisk.Disturbance?) {
        self.loop = loop
        culprit = Culprit(number, disturbance)
        watch()
    }

    private func watch() {
        disk.setCold(true)
        disk.disturb { [culprit] in culprit.disturb($0) }
    }

    mutating func run() async throws {
        var store = try await open()
        for step in Self.steps {
            switch step {
            case .change(let change): store = try await make(change, store)
            case .fold: store = try await fold(store)
            case .read: try await read(store)
            case .restart:
                await store.close()
                if culprit.call != nil { disk = disk.afterKill() }
                store = try await open()
            }
        }
        try await read(store)
        var random = SeededGenerator(seed: 1)
        for cut in Crash.allCases {
            let reopened = try await JSONStore.open(disk.after(cut, using: &random), loop)
            #expect(try await PlainModel(of: reopened, users: Self.names) == model, "\(cut)")
        }
    }

    /// A start that fails says so, and changes nothing: the next one succeeds. A full disk does not
    /// make one fail.
    private mutating func open() async throws -> JSONStore {
        do {
            return try await JSONStore.open(disk, loop)
        } catch StorageFault.failed {
            #expect(culprit.disturbance?.error == EIO || culprit.isSync)
        } catch StorageFault.shortage {
            #expect(culprit.disturbance?.isShortage == true)
        }
        disk = disk.afterKill()
        watch()
        return try await JSONStore.open(disk, loop)
    }

    private mutating func make(_ change: Change, _ store: JSONStore) async throws -> JSONStore {
        do {
            try await store.commit(change)
        } catch StorageFault.full {
            #expect(culprit.disturbance?.error == ENOSPC)
            #expect(await store.state == .open)
            #expect(try await PlainModel(of: store, users: Self.names) == model)
            await store.endFullDiskRest()
            try await store.commit(change)
        } catch StorageFault.shortage {
            #expect(culprit.disturbance?.isShortage == true)
            #expect(await store.state == .open)
            #expect(try await PlainModel(of: store, users: Self.names) == model)
            try await store.commit(change)
        } catch StorageFault.failed {
            #expect(culprit.disturbance?.error == EIO || culprit.isSync)
            guard await store.state != .open else {
                // The message could not be read; nothing was written.
                try await store.commit(change)
                model.apply(change)
                return store
            }
            let reopened = try await restartAfterFailure(store)
            let found = try await PlainModel(of: reopened, users: Self.names)
            var changed = model
            changed.apply(change)
            #expect(found == model || found == changed)
            if found == model { try await reopened.commit(change) }
            model = changed
            return reopened
        }
        model.apply(change)
        return store
    }

    private mutating func fold(_ store: JSONStore) async throws -> JSONStore {
        do {
            try await store.fold()
            return store
        } catch {
            let isPassing = culprit.disturbance?.isShortage == true
            #expect(
                isPassing || culprit.disturbance?.error == EIO
                    || culprit.disturbance?.error == ENOSPC)
        }
        #expect(!disk.files.contains("/data/db.json.tmp"))
        guard await store.state == .open else {
            // Only what the journal, or the folder after the rename, depended on.
            #expect(culprit.disturbance?.error == EIO || culprit.isSync)
            let reopened = try await restartAfterFailure(store)
            #expect(try await PlainModel(of: reopened, users: Self.names) == model)
            return reopened
        }
        try await store.fold()
        return store
    }

    private func read(_ store: JSONStore) async throws {
        do {
            #expect(try await PlainModel(of: store, users: Self.names) == model)
        } catch StorageFault.shortage {
            #expect(culprit.disturbance?.isShortage == true)
            #expect(await store.state == .open)
            #expect(try await PlainModel(of: store, users: Self.names) == model)
        } catch StorageFault.failed {
            #expect(culprit.disturbance?.error == EIO && culprit.call?.call == .read)
            #expect(await store.state == .open)
            #expect(try await PlainModel(of: store, users: Self.names) == model)
        }
    }

    /// After a failure the store answers, and only reads from the disk. A start repairs it,
    /// whichever bytes reached the disk.
    private mutating func restartAfterFailure(_ store: JSONStore) async throws -> JSONStore {
        let changes = disk.changeCount
        let user = User.named("late")
        await #expect(throws: StorageFault.self) { try await store.commit(.userAdded(user)) }
        try? await store.fold()
        #expect(try await PlainModel(of: store, users: Self.names) == model)
        await store.close()
        #expect(disk.changeCount == changes)
        if culprit.number % 2 == 0 {
            disk = disk.afterKill()
        } else {
            var random = SeededGenerator(seed: UInt64(culprit.number))
            disk = disk.after(.torn, using: &random)
        }
        watch()
        return try await JSONStore.open(disk, loop)
    }
}

extension SimulatedDisk.Disturbance {
    var error: Int32? {
        if case .fail(let number) = self { number } else { nil }
    }

    /// Descriptors or memory are short for a moment, and the disk has not failed.
    var isShortage: Bool { error == EMFILE || error == ENOMEM }

    /// A full disk does not keep anybody from reading, only what opens takes a descriptor, and only
    /// reads and writes can be short.
    func canHappen(to call: SimulatedDisk.Call) -> Bool {
        switch self {
        case .fail(ENOSPC):
            switch call {
            case .create, .makeFolder, .removeFolder, .rename, .unlink, .syncFolder, .write, .sync,
                .truncate:
                true
            case .open, .openFolder, .list, .read, .length, .lock: false
            }
        case .fail(EMFILE):
            call == .open || call == .create || call == .openFolder || call == .list
        case .short: call == .read || call == .write
        case .fail, .powerCut: true
        }
    }
}

import EventLoop
import Foundation
import StoreConformance
import Testing

/// Every promise of `ChatStore`, kept by the JSON store.
@Suite struct StoreConformanceTests {
    @Test(arguments: StoreCase.all(canCrash: true), [false, true])
    func `a store on a disk keeps the promise`(promise: StoreCase, isCold: Bool) throws {
        try onLoop { loop in
            let fixture = JSONFixture(loop, isCold: isCold)
            try await promise.run(on: fixture)
            await fixture.close()
        }
    }

    @Test(arguments: StoreCase.photos)
    func `a store on a disk keeps the promise about photos`(promise: StoreCase) throws {
        try onLoop { loop in
            let fixture = JSONFixture(loop, isCold: false)
            try await promise.run(on: fixture)
            await fixture.close()
        }
    }

    @Test(arguments: StoreCase.all(canCrash: true))
    func `it does so where each decision runs twice`(promise: StoreCase) throws {
        try onLoop { loop in
            let fixture = JSONFixture(loop, isCold: false)
            try await promise.run(on: RepeatingFixture(over: fixture))
            await fixture.close()
        }
    }

    @Test(arguments: StoreCase.all(canCrash: false))
    func `a store in a folder of the system keeps the promise`(promise: StoreCase) throws {
        let path = FileManager.default.temporaryDirectory.path + "/store-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try onLoop { loop in
            let fixture = FolderFixture(loop, path: path)
            try await promise.run(on: fixture)
            await fixture.close()
        }
    }
}

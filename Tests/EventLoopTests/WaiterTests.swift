import Testing

@testable import EventLoop

@Suite struct WaiterTests {
    @Test func `a wait ends with the value of its resume`() throws {
        let loop = try EventLoop()
        let value = try loop.run {
            let waiter = LoopBound(Waiter<Int>(), to: loop)
            async let value = waiter.value.wait()
            while !waiter.value.isWaiting { await Task.yield() }
            #expect(waiter.value.resume(returning: 7))
            #expect(!waiter.value.resume(returning: 8))
            return await value
        }
        #expect(value == 7)
    }

    @Test func `a value that is there already ends the wait at once`() throws {
        let loop = try EventLoop()
        #expect(try loop.run { await Waiter<Int>().wait { _ in 7 } } == 7)
    }

    @Test func `a resume while the wait begins is not lost`() throws {
        let loop = try EventLoop()
        let value = try loop.run {
            await Waiter<Int>().wait { waiter in
                waiter.resume(returning: 7)
                return nil
            }
        }
        #expect(value == 7)
    }

    @Test func `a waiter is used again`() throws {
        let loop = try EventLoop()
        let values = try loop.run {
            let waiter = LoopBound(Waiter<Int>(), to: loop)
            var values: [Int] = []
            for number in 0..<3 {
                loop.call { waiter.value.resume(returning: number) }
                values.append(await waiter.value.wait())
            }
            return values
        }
        #expect(values == [0, 1, 2])
    }

    @Test(arguments: [false, true])
    func `a cancelled wait ends`(wasCancelledBefore: Bool) throws {
        let loop = try EventLoop()
        let value = try loop.run {
            await withTaskGroup(of: Int.self) { group in
                if wasCancelledBefore { group.cancelAll() }
                group.addTask(executorPreference: loop) {
                    let waiter = LoopBound(Waiter<Int>(), to: loop)
                    return await waiter.value.wait(on: loop) {
                        waiter.value.resume(returning: -1)
                    }
                }
                if !wasCancelledBefore {
                    try? await loop.sleep(for: .milliseconds(1))
                    group.cancelAll()
                }
                return await group.next()
            }
        }
        #expect(value == -1)
    }

    @Test func `all that wait in a list resume`() throws {
        let loop = try EventLoop()
        let values = try loop.run {
            let list = LoopBound(WaiterList(), to: loop)
            return await withTaskGroup(of: Int.self) { group in
                for _ in 0..<3 {
                    group.addTask(executorPreference: loop) {
                        await list.value.wait()
                        return 7
                    }
                }
                try? await loop.sleep(for: .milliseconds(1))
                list.value.resumeAll()
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(values == [7, 7, 7])
    }
}

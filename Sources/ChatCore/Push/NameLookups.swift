import EventLoop
import HTTP

/// Looks up the names of push services on threads, so that slow name servers delay nothing else.
actor NameLookups {
    /// The largest number of lookups under way. Further ones fail.
    static let countMax = 8
    /// A lookup cannot be cut short. Its answer is not waited for beyond this.
    private static let timeMax: Duration = .seconds(8)

    private nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let pool: WorkerPool
    private var count = 0
    private var waiting: [Int: Waiter<[SocketAddress]>] = [:]
    private var lastNumber = 0

    init(pool: WorkerPool, loop: EventLoop) {
        self.pool = pool
        self.loop = loop
    }

    /// Returns the addresses of a host, or none if they cannot be had in time.
    func addresses(of host: String, port: UInt16) async -> [SocketAddress] {
        guard count < Self.countMax else { return [] }
        count += 1
        lastNumber += 1
        let (number, loop) = (lastNumber, loop)
        return await withTaskGroup(of: Void.self) { group in
            let found = await Waiter<[SocketAddress]>().wait { waiter in
                waiting[number] = waiter
                pool.run({ Resolver.lookUp(host, port) }, thenOn: loop) { found in
                    self.assumeIsolated { $0.end(number, found) }
                }
                // Also ends the wait once the task is cancelled.
                group.addTask(executorPreference: loop) {
                    do { try await loop.sleep(for: Self.timeMax) } catch {}
                    await self.resume(number, [])
                }
                return nil
            }
            group.cancelAll()
            return found
        }
    }

    private func end(_ number: Int, _ found: [SocketAddress]) {
        count -= 1
        resume(number, found)
    }

    private func resume(_ number: Int, _ found: [SocketAddress]) {
        waiting.removeValue(forKey: number)?.resume(returning: found)
    }
}

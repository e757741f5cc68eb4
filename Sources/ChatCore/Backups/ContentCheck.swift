import Chat
import EventLoop
import Program
import Storage

/// Has Cipher open every content and photo of a backup. They are counted and dropped: nothing is
/// shown, kept or written.
struct ContentCheck {
    private static let batchMax = 100
    private static let lookUpsWaitingMax = 4

    struct Outcome: Sendable {
        var opened = 0
        var notAuthentic = 0
        var retired = 0
    }

    let address: CipherAddress
    let secret: SharedSecret?
    let loop: EventLoop

    func run(on backup: String) async throws -> Outcome {
        var contents: StoredContents
        do { contents = try StoreFolder(backup).contents() } catch {
            throw StartFailure(error, data: backup)
        }
        let resolver = WorkerPool(threads: 1, waitingMax: Self.lookUpsWaitingMax)
        defer { resolver.stop() }
        let cipher = CipherClient(
            address, secret: secret, loop: loop, resolver: resolver,
            handshake: address.isSecure ? try secret?.clientHandshake(loop: loop) : nil)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            // It writes nothing, so any keys of the vault are right: wrong ones open nothing.
            group.addTask(executorPreference: loop) { await cipher.run(approve: { _ in }) }
            defer { group.cancelAll() }
            while await !cipher.isRunning { await Task.yield() }
            var outcome = Outcome()
            do {
                while let batch = try contents.next(Self.batchMax) {
                    for text in try await cipher.open(batch) {
                        switch text {
                        case .text: outcome.opened += 1
                        case .notAuthentic: outcome.notAuthentic += 1
                        case .keyRetired: outcome.retired += 1
                        }
                    }
                }
                for id in contents.photos {
                    // `verify` has told of one that is missing.
                    guard let photo = try contents.photo(id) else { continue }
                    switch try await Self.open(photo, with: cipher) {
                    case .bytes: outcome.opened += 1
                    case .notAuthentic: outcome.notAuthentic += 1
                    case .keyRetired: outcome.retired += 1
                    }
                }
            } catch let fault as VaultFault {
                throw StartFailure("\(backup) is not checked: \(fault)")
            } catch let fault as StorageFault { throw StartFailure(fault, data: backup) }
            return outcome
        }
    }

    /// Opens every chunk of a photo. Returns the answer about the first that does not open, or else
    /// about the last.
    private static func open(
        _ photo: PhotoFile, with cipher: CipherClient
    ) async throws -> VaultChunk {
        var answer = VaultChunk.notAuthentic
        for number in 0..<photo.header.chunkCount {
            answer = try await cipher.chunk(
                .open, try photo.chunk(number),
                context: PhotoContext.text(of: photo.header, chunk: number))
            guard case .bytes = answer else { break }
        }
        return answer
    }
}

import ArgumentParser
import Glibc
import Logging

@testable import ChatCore
@testable import Cipher
@testable import Cryptography
@testable import EventLoop
@testable import Program

/// Runs ChatCore and Cipher in this process, each on its own loop and thread. So libFuzzer sees
/// their coverage and their time.
struct ServerFixture {
    let chatCore: UInt16
    let cipher: UInt16
    let secret = "rahasia-yang-cukup-panjang-untuk-berdua"

    /// - Parameter folder: Empty; for the store and all keys.
    init(folder: String) throws {
        OpenSSL.start()
        (chatCore, cipher) = (Self.freePort(), Self.freePort())
        let secretFile = "\(folder)/secret"
        try Self.write(secret, to: secretFile)
        try startCipher(folder)
        try startChatCore([
            "--data", "\(folder)/data", "--session-key-file", "\(folder)/session.key",
            "--cipher-url", "http://127.0.0.1:\(cipher)", "--cipher-secret-file", secretFile,
            "--port", "\(chatCore)", "--public", "Sources/Frontend",
            "--allowed-origins", "https://chat.example", "--trusted-proxies", "127.0.0.0/8",
            "--audit-log", "\(folder)/audit.log",
        ])
    }

    /// libFuzzer hears none that somebody hears already. To be called when both programs listen.
    func leaveSignals() {
        for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_DFL) }
    }

    private func startCipher(_ folder: String) throws {
        var secret = Array(secret.utf8)
        let settings = Cipher.CipherProcess.Settings(
            host: "127.0.0.1", port: cipher, keyFile: KeyRingFile(path: "\(folder)/keys.json"),
            secret: SharedSecret(Secret(taking: &secret)), handshake: nil,
            sealLimits: KeyBudget.SealLimits())
        Self.onThread {
            let loop = try EventLoop()
            try loop.run {
                try await Cipher.CipherProcess.run(settings, loop: loop, logger: .unwritten)
            }
        }
    }

    private func startChatCore(_ arguments: [String]) throws {
        let loop = try EventLoop()
        let settings = try ChatCore.ServeCommand.parse(arguments).settings(loop: loop)
        Self.onThread {
            let process = ServerProcess(settings: settings, loop: loop, logger: .unwritten)
            try loop.run { try await process.run() }
        }
    }

    private static func onThread(_ work: @escaping () throws -> Void) {
        let context = Unmanaged.passRetained(Work(work)).toOpaque()
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                do {
                    guard let context else { return nil }
                    try Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                    fatalError("a program ended")
                } catch { fatalError("a program ended: \(error)") }
            }, context)
        expect(status == 0, "there is a thread")
    }

    private final class Work {
        let body: () throws -> Void
        init(_ body: @escaping () throws -> Void) { self.body = body }
    }

    /// One that was free a moment ago.
    private static func freePort() -> UInt16 {
        do {
            let loop = try EventLoop()
            let listener = try Listener(.ipv4(0x7F00_0001, port: 0), loop: loop)
            defer { listener.close() }
            return listener.address.port
        } catch { fatalError("no port: \(error)") }
    }

    private static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        expect(Glibc.write(file, text, text.utf8.count) == text.utf8.count, "a file is written")
    }
}

extension Logger {
    /// Makes every line there can be, which may cost too much too, and writes none.
    fileprivate static var unwritten: Logger {
        Logger(label: "fuzz", factory: { _ in Unwritten() })
    }
}

private struct Unwritten: LogHandler {
    private var lines = LineLog(label: "fuzz", level: .debug)

    var logLevel: Logger.Level {
        get { lines.logLevel }
        set { lines.logLevel = newValue }
    }
    var metadata: Logger.Metadata {
        get { lines.metadata }
        set { lines.metadata = newValue }
    }
    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { lines[metadataKey: key] }
        set { lines[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { _ = lines.line(event, at: WallClock.now) }
}

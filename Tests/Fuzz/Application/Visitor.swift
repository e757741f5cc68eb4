import Glibc

@testable import Encoding
@testable import HTTP

/// Sends a script's requests to both programs, and checks the answers and their cost.
final class Visitor {
    private static let repetitions = 3
    /// The status of answers to callers who reached a limit.
    private static let tooMuch = 429

    /// Three of bcrypt at its least, and commits; a byte of any request or answer costs up to 250.
    private let limit = TimeLimit(constant: 10e6, perByte: 500)
    private let server: ServerFixture
    private let chatCore: Wire
    private let cipher: Wire
    private var people: People
    private var peopleCount = 0
    private var scriptCount = 0
    private var isWornOut = false

    init() {
        Form.checkAll()
        guard let folder = getenv("FUZZ_FOLDER") else { fatalError("FUZZ_FOLDER names no folder") }
        do { server = try ServerFixture(folder: String(cString: folder)) } catch {
            fatalError("\(error)")
        }
        chatCore = Wire(port: server.chatCore)
        cipher = Wire(port: server.cipher)
        Self.awaitReady(chatCore)
        server.leaveSignals()
        people = People(number: 0, chatCore)
    }

    /// Ends the fuzzer where an answer is wrong, or costs too much each time.
    func play(_ script: Script) {
        var dear: Dear?
        for _ in 0..<Self.repetitions {
            renewPeople(dear != nil)
            scriptCount += 1
            guard let now = cost(of: script) else { return }
            dear = now.spent < dear?.spent ?? .infinity ? now : dear
        }
        if let dear { limit.fail(dear.name, spent: dear.spent, dear.byteCount) }
    }

    private struct Dear {
        let name: String
        let spent: Double
        let byteCount: Int
    }

    /// The first request that costs too much, if any does.
    private func cost(of script: Script) -> Dear? {
        var memory = Memory(number: scriptCount)
        for request in script.requests {
            let line = Line(request, people, memory, secret: server.secret)
            let wire = line.form.program == .chatCore ? chatCore : cipher
            let isRaw = line.form.shape == .raw
            let start = cpuTime()
            let answer = wire.ask(line.bytes, line.method, isAll: isRaw)
            let spent = cpuTime() - start
            if answer == nil, !isRaw { fatalError("\(line.name) has no answer: \(wire.end)") }
            if let answer {
                check(answer, line)
                memory.note(answer)
            }
            let byteCount = line.bytes.count + wire.received
            if spent > limit.nanoseconds(for: byteCount) {
                return Dear(name: line.name, spent: spent, byteCount: byteCount)
            }
        }
        return nil
    }

    private func check(_ answer: ClientResponse, _ line: Line) {
        let code = answer.status.code
        isWornOut = isWornOut || code == Self.tooMuch
        if code == 500 { fatalError("\(line.name) is answered \(text(answer.body))") }
        let type = answer.field("Content-Type")
        guard line.method != .head, type?.hasPrefix("application/json") == true else { return }
        guard let value = try? JSONValue.parse(answer.body.span, depthMax: 64) else {
            fatalError("\(line.name) answers what is no JSON: \(text(answer.body))")
        }
        if code >= 400 {
            let names = value.object?.members.map(\.name) ?? []
            expect(names == ["error", "code"], "an error has a sentence and a code")
        }
    }

    private func renewPeople(_ isNeeded: Bool) {
        if !isNeeded, !isWornOut, people.areWhole(chatCore) { return }
        isWornOut = false
        peopleCount += 1
        people = People(number: peopleCount, chatCore)
    }

    private static func awaitReady(_ wire: Wire) {
        let request = Array("GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n".utf8)
        for _ in 0..<1000 {
            if wire.ask(request, .get)?.status == .ok { return }
            usleep(10_000)
        }
        fatalError("the server is not ready")
    }

    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(500), as: UTF8.self)
    }
}

import EventLoop
import Foundation
import Testing

@testable import HTTP

/// The server's responses, read by curl.
@Suite struct CurlTests {
    @Test(arguments: [
        (["-X", "POST", "-d", "hello"], "POST /path a=1 hello 200"),
        (["-d", "hello", "-H", "Transfer-Encoding: chunked"], "POST /path a=1 hello 200"),
        (["-d", "hello", "-H", "Expect: 100-continue"], "POST /path a=1 hello 200"),
        (["-d", "hello", "-0"], "POST /path a=1 hello 200"),
        (["-H", "Host: a b"], "fault hostMalformed 400"),
        (["-X", "BREW"], "fault methodUnknown 501"),
        (["-I", "-o", "/dev/null"], " 200"),
    ])
    func `curl understands the answer`(options: [String], expected: String) throws {
        try TestServer.run { server in
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/env")
            let url = "http://\(server.address)/path?a=1"
            process.arguments =
                ["curl", "-sS", "--max-time", "10", "-w", " %{http_code}"] + options + [url]
            process.standardOutput = output
            try process.run()
            while process.isRunning { try await server.loop.sleep(for: .milliseconds(2)) }
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(text == expected)
        }
    }
}

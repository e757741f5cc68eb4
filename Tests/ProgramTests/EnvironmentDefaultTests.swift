import Glibc
import Program
import Testing

@Suite(.serialized)
struct EnvironmentDefaultTests {
    static let port = EnvironmentDefault<UInt16>("PROGRAM_TESTS_PORT", 8082)
    static let file = EnvironmentDefault<String>("PROGRAM_TESTS_FILE")
    static let level = EnvironmentDefault<LogLevel>("PROGRAM_TESTS_LEVEL", .info)

    @Test(arguments: [
        (flag: UInt16?.none, variable: String?.none, expected: UInt16(8082)),
        (nil, "", 8082),
        (nil, "0", 0),
        (nil, "9000", 9000),
        (7000, nil, 7000),
        (7000, "9000", 7000),
        (7000, "nonsense", 7000),
    ])
    func `a flag wins over the variable and the variable over the default`(
        flag: UInt16?, variable: String?, expected: UInt16
    ) throws {
        set("PROGRAM_TESTS_PORT", variable)
        defer { set("PROGRAM_TESTS_PORT", nil) }
        #expect(try Self.port.value(flag) == expected)
    }

    @Test(arguments: ["x", "-1", "65536", "80 ", "8e1"])
    func `a variable that is no such value is refused by name`(text: String) {
        set("PROGRAM_TESTS_PORT", text)
        defer { set("PROGRAM_TESTS_PORT", nil) }
        #expect(
            throws: StartFailure(
                "PROGRAM_TESTS_PORT: '\(text)' is not valid; it is something like 8082")
        ) { try Self.port.value(nil) }
    }

    @Test func `an unknown log level names the known ones`() {
        set("PROGRAM_TESTS_LEVEL", "loud")
        defer { set("PROGRAM_TESTS_LEVEL", nil) }
        #expect(
            throws: StartFailure(
                "PROGRAM_TESTS_LEVEL: 'loud' is not valid; use one of "
                    + "trace, debug, info, notice, warning, error, critical")
        ) { try Self.level.value(nil) }
    }

    @Test func `an option without a default may stay unset`() throws {
        #expect(try Self.file.optional(nil) == nil)
        #expect(try Self.file.optional("here") == "here")
        set("PROGRAM_TESTS_FILE", "there")
        defer { set("PROGRAM_TESTS_FILE", nil) }
        #expect(try Self.file.optional(nil) == "there")
    }

    @Test func `a variable that is no text is refused and not passed over`() {
        setenv("PROGRAM_TESTS_FILE", [CChar](arrayLiteral: -1, 0), 1)
        defer { set("PROGRAM_TESTS_FILE", nil) }
        #expect(throws: StartFailure("PROGRAM_TESTS_FILE is not valid UTF-8")) {
            try Self.file.optional(nil)
        }
    }

    private func set(_ variable: String, _ text: String?) {
        if let text { setenv(variable, text, 1) } else { unsetenv(variable) }
    }
}

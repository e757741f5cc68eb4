// swift-tools-version: 6.2
import PackageDescription

// The manifest is the architecture: an import that points upward does not compile.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let inMemoryLogging = Target.Dependency.product(
    name: "InMemoryLogging", package: "swift-log")

func library(
    _ name: String, _ dependencies: [Target.Dependency], _ more: [SwiftSetting] = []
) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings + more)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + [argumentParser, logging],
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
        swiftSettings: settings)
}

/// What several test targets share. It holds no tests, so it does not import Testing.
func support(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: settings)
}

/// The database is in no build that does not ask for it: `swift build --traits Postgres`.
let withPostgres = TargetDependencyCondition.when(traits: ["Postgres"])

let package = Package(
    name: "WhatsAppKW",
    traits: [.trait(name: "Postgres", description: "The store in PostgreSQL, through libpq.")],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPostgres", providers: [.apt(["libpq-dev"])]),

        // Swift 6.2, which builds for ARM64, wants to be told what a method of a span leaves alive.
        library("Encoding", [], [.enableExperimentalFeature("Lifetimes")]),
        library("Metrics", []),
        library("Cryptography", ["CLinux", "COpenSSL"]),
        library("EventLoop", ["CLinux", logging]),
        library("TLS", ["COpenSSL", "Cryptography", "EventLoop"]),
        library("RateLimit", ["EventLoop", logging]),
        library("HTTP", ["Encoding", "EventLoop", "Metrics", "RateLimit", logging]),
        library(
            "Storage", ["CLinux", "Encoding", "EventLoop", "Metrics", "RateLimit", logging]),
        library(
            "PostgresStore",
            [
                .target(name: "CPostgres", condition: withPostgres), "Encoding", "EventLoop",
                "Metrics", "RateLimit", "Storage", logging,
            ]),
        library(
            "Chat",
            ["CCrypt", "Encoding", "EventLoop", "Metrics", "RateLimit", "Storage", logging]),
        library("CipherAPI", ["Encoding"]),
        library("WebPush", ["Cryptography", "Encoding", "EventLoop"]),
        library(
            "Program",
            [
                "CLinux", "Cryptography", "Encoding", "EventLoop", "HTTP", "Metrics", "TLS",
                argumentParser, logging,
            ]),

        program(
            "ChatCore",
            [
                "Chat", "CipherAPI", "Cryptography", "Encoding", "EventLoop", "HTTP", "Metrics",
                "Program", "RateLimit", "Storage", "TLS", "WebPush",
                .target(name: "PostgresStore", condition: withPostgres),
            ]),
        program(
            "Cipher",
            [
                "CLinux", "CipherAPI", "Cryptography", "Encoding", "EventLoop", "HTTP", "Metrics",
                "Program", "RateLimit", "TLS",
            ]),

        support("TestSupport", ["EventLoop", logging]),
        support("StoreConformance", ["Encoding", "Storage", "TestSupport"]),
        tests("Cryptography", ["TestSupport"]),
        tests("Encoding", ["TestSupport"]),
        tests("Metrics", []),
        tests("EventLoop", ["TestSupport"]),
        tests("TLS", ["Cryptography", "EventLoop", "TestSupport"]),
        tests("RateLimit", ["EventLoop", "TestSupport", logging, inMemoryLogging]),
        tests(
            "HTTP",
            [
                "Encoding", "EventLoop", "Metrics", "RateLimit", "TestSupport", logging,
                inMemoryLogging,
            ]),
        tests(
            "Storage",
            [
                "Encoding", "EventLoop", "StoreConformance", "TestSupport", logging,
                inMemoryLogging,
            ]),
        tests(
            "PostgresStore",
            ["Encoding", "EventLoop", "Storage", "StoreConformance", "TestSupport", logging]),
        tests(
            "Chat",
            [
                "Encoding", "EventLoop", "RateLimit", "Storage", "StoreConformance", "TestSupport",
                logging, inMemoryLogging,
            ]),
        tests("Program", ["Cryptography", "TestSupport", "TLS", logging]),
        tests("WebPush", ["Cryptography", "Encoding", "EventLoop", "TestSupport"]),
        tests(
            "Cipher",
            [
                "CipherAPI", "Cryptography", "Encoding", "EventLoop", "HTTP", "Program",
                "RateLimit", "TestSupport", "TLS", logging, inMemoryLogging,
            ]),
        tests(
            "ChatCore",
            [
                "Chat", "CipherAPI", "Cryptography", "Encoding", "EventLoop", "HTTP", "Program",
                "RateLimit", "Storage", "TestSupport", "TLS", "WebPush", logging, inMemoryLogging,
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

// A separate package, so that the product has no target it does not need. Its targets compile the
// same files, because `package` access ends at a package.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

func layer(
    _ name: String, _ dependencies: [Target.Dependency], _ more: [SwiftSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Layers/\(name)",
        swiftSettings: settings + more)
}

let package = Package(
    name: "Benchmarks",
    dependencies: [.package(url: "https://github.com/apple/swift-log", from: "1.16.0")],
    targets: [
        layer("CLinux", []),
        layer("Encoding", [], [.enableExperimentalFeature("Lifetimes")]),
        layer("Metrics", []),
        layer("EventLoop", ["CLinux", logging]),
        layer("RateLimit", ["EventLoop", logging]),
        layer("Storage", ["CLinux", "Encoding", "EventLoop", "Metrics", "RateLimit", logging]),
        .executableTarget(
            name: "StoreBench", dependencies: ["Encoding", "EventLoop", "Storage", logging],
            path: "StoreBench", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)

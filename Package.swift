// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    // Debug builds, which all tests are, check every access; see docs/decisions/0012.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// A target with the project's settings; the arrows of imports only point down.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        exclude: exclude,
        swiftSettings: strict
    )
}

let package = Package(
    name: "lavadeck",
    products: [
        .executable(name: "lavadeck", targets: ["lavadeck"])
    ],
    targets: [
        .systemLibrary(name: "CLinux"),
        .systemLibrary(
            name: "CCurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]
        ),
        .systemLibrary(
            name: "CSQLite",
            pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]
        ),

        module("Wire"),
        module("Lavalink", ["Wire"]),
        module("Control", ["Lavalink", "Wire"]),
        module("Runtime", ["Wire", "CLinux", "CCurl"]),
        module("Storage", ["Control", "Lavalink", "Wire", "CSQLite"]),
        module("Service", ["Runtime", "Storage", "Control", "Lavalink", "Wire"]),
        module("SimulatedNode", ["Runtime", "Lavalink", "Wire"]),
        program(
            "lavadeck",
            ["Service", "SimulatedNode", "Storage", "Runtime", "Control", "Lavalink", "Wire"]
        ),
        program("EchoServer", ["Runtime", "Wire"]),

        .executableTarget(name: "Floor", path: "Benchmarks/Floor"),
        .executableTarget(
            name: "Benchmark",
            dependencies: ["SimulatedNode", "Runtime", "Lavalink", "Wire", "CLinux"],
            path: "Benchmarks/Benchmark",
            swiftSettings: strict
        ),

        .target(
            name: "Support",
            dependencies: ["SimulatedNode", "Service", "Runtime", "Control", "Lavalink", "Wire"],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        tests("WireTests", ["Wire", "Support"]),
        tests("LavalinkTests", ["Lavalink", "Wire", "Support"]),
        tests("ControlTests", ["Control", "Lavalink", "Wire", "Support"]),
        tests("RuntimeTests", ["Runtime", "Wire", "Support"]),
        tests(
            "StorageTests",
            ["Storage", "Control", "Lavalink", "Wire", "Support"],
            exclude: ["Databases"]
        ),
        tests(
            "ServiceTests",
            ["Service", "Storage", "Runtime", "Control", "Lavalink", "Wire", "Support"]
        ),
        tests("SimulatedNodeTests", ["SimulatedNode", "Runtime", "Lavalink", "Wire", "Support"]),
        tests("SimulationTests", ["SimulatedNode", "Control", "Lavalink", "Wire", "Support"]),
        tests("TranscriptTests", ["SimulatedNode", "Runtime", "Lavalink", "Wire", "Support"]),
        tests(
            "EndToEndTests",
            ["Service", "SimulatedNode", "Runtime", "Control", "Lavalink", "Wire", "Support"]
        ),
        tests("TidyTests", ["Service", "Wire", "Support"]),
    ],
    swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.2
import PackageDescription

/// What every target is held to.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// Whether the fuzz targets exist (`make fuzz`). Never for users of the package: their build refuses unsafe flags.
let isFuzzing = Context.environment["WSBENCH_FUZZ"] != nil

let package = Package(
    name: "wsbench",
    products: [
        .library(name: "WebSocketTransport", targets: ["WebSocketTransport"]),
        .executable(name: "wsbench", targets: ["wsbench"]),
        .executable(name: "wsserver", targets: ["wsserver"]),
    ],
    dependencies: [
        // The command line.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The heap behind the generator's pacing.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // The generator's `FilePath` and `FileDescriptor`, as the subprocess library wants them.
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        // Latencies.
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // Report pages.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // Scenario files.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Signals and graceful shutdown.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Starting the server under test in a process group of its own.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        // Linux calls as Swift can call them.
        .target(name: "CLinux"),
        // OpenSSL: TLS, and the handshake's SHA-1.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        // zlib, for permessage-deflate.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // Event loops over epoll: sockets, TLS, timers, messages between threads. Knows nothing of WebSocket.
        .target(name: "Reactor", dependencies: ["CLinux", "COpenSSL"], swiftSettings: strict),
        // RFC 6455 and 7692 as state machines without I/O.
        .target(name: "WebSocketProtocol", dependencies: ["COpenSSL", "CZlib"], swiftSettings: strict),
        // Server and client: the protocol driven over the reactor.
        .target(
            name: "WebSocketTransport",
            dependencies: ["CLinux", "Reactor", "WebSocketProtocol", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        // The echo server and the endpoints a conformance suite wants; for both executables.
        .target(
            name: "FixtureServer",
            dependencies: ["WebSocketTransport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        // What a run found: results, histograms, budgets, verdicts.
        .target(
            name: "BenchResults",
            dependencies: [.product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: strict),
        // Scenario → schedule → virtual clients → recorded samples.
        .target(
            name: "LoadGenerator",
            dependencies: [
                "BenchResults", "CLinux", "Reactor", "WebSocketTransport",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        // The conformance suite: catalogue, cases, and a wire layer of its own. Never imports WebSocketProtocol.
        .target(
            name: "WebSocketConformance",
            dependencies: [
                "BenchResults", "COpenSSL", "CZlib", "Reactor", .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
        // Results as text, HTML, Markdown and JSON.
        .target(
            name: "BenchReports",
            dependencies: ["BenchResults", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: strict),
        // What both command lines share: exit codes, option types.
        .target(
            name: "CommandLineSupport",
            dependencies: [
                "BenchResults", "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // The load generator's command line.
        .executableTarget(
            name: "wsbench",
            dependencies: [
                "BenchReports", "BenchResults", "CLinux", "CommandLineSupport", "FixtureServer", "LoadGenerator",
                "Reactor", "WebSocketConformance", "WebSocketProtocol", "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // The server's command line.
        .executableTarget(
            name: "wsserver",
            dependencies: [
                "CommandLineSupport", "FixtureServer", "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict),
        // What tests of several targets need: bounds on waiting.
        .target(name: "TestSupport", dependencies: ["CLinux"], path: "Tests/TestSupport", swiftSettings: strict),
        // What tests need of OpenSSL and the product does not.
        .systemLibrary(name: "CTestOpenSSL", path: "Tests/CTestOpenSSL", pkgConfig: "openssl"),
        // Certificates made by the tests, and a TLS peer without any of our code.
        .target(name: "TestTLS", dependencies: ["CTestOpenSSL"], path: "Tests/TestTLS", swiftSettings: strict),
        .testTarget(
            name: "ReactorTests", dependencies: ["CLinux", "COpenSSL", "CTestOpenSSL", "Reactor", "TestTLS"],
            swiftSettings: strict),
        // RFC 6455 once more, slow and simple, for tests and fuzzers to compare with.
        .target(
            name: "ProtocolReference", dependencies: ["WebSocketProtocol"], path: "Tests/ProtocolReference",
            swiftSettings: strict),
        // What must hold for any octets whatever; for the fuzzers, and for the tests that replay what they found.
        .target(
            name: "FuzzEntries",
            dependencies: ["BenchReports", "BenchResults", "LoadGenerator", "ProtocolReference", "WebSocketProtocol"],
            path: "Tests/FuzzEntries", swiftSettings: strict),
        .testTarget(
            name: "WebSocketProtocolTests", dependencies: ["ProtocolReference", "WebSocketProtocol"],
            swiftSettings: strict),
        .testTarget(
            name: "WebSocketTransportTests",
            dependencies: [
                "CLinux", "Reactor", "TestSupport", "TestTLS", "WebSocketProtocol", "WebSocketTransport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FixtureServerTests",
            dependencies: ["FixtureServer", "WebSocketTransport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: strict),
        .testTarget(
            name: "BenchResultsTests", dependencies: ["BenchResults"], swiftSettings: strict),
        .testTarget(
            name: "BenchReportsTests", dependencies: ["BenchReports", "BenchResults"], swiftSettings: strict),
        .testTarget(
            name: "LoadGeneratorTests",
            dependencies: [
                "BenchReports", "BenchResults", "LoadGenerator", "Reactor", "TestSupport", "TestTLS",
                "WebSocketTransport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: strict),
        // The executables as they are used; named as dependencies so that they are built.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AutobahnClient", "BenchResults", "CLinux", "TestSupport", "TestTLS", "WebSocketTransport", "wsbench",
                "wsserver",
            ],
            swiftSettings: strict),
        // Figures that need the inside of the package; run by Scenarios/peers/protocol.py.
        .executableTarget(
            name: "measurements",
            dependencies: [
                "CLinux", "CZlib", "WebSocketTransport", .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/Measurements", swiftSettings: strict),
        // The arrows between the modules.
        .testTarget(name: "LayeringTests", swiftSettings: strict),
        .testTarget(name: "FuzzEntriesTests", dependencies: ["FuzzEntries"], swiftSettings: strict),
        // Our codec in conversations with other implementations (`make differential`).
        .executableTarget(
            name: "DifferentialPeer", dependencies: ["WebSocketProtocol"], path: "Tests/DifferentialPeer",
            swiftSettings: strict),
        // Our client before the fuzzing server of Autobahn|Testsuite (`make autobahn`).
        .executableTarget(
            name: "AutobahnClient",
            dependencies: [
                "CommandLineSupport", "Reactor", "WebSocketTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/AutobahnClient", swiftSettings: strict),
        // The lines between a conformance suite and the adapter of a client.
        .target(name: "AdapterLines", path: "Tests/AdapterLines", swiftSettings: strict),
        // A correct peer of its own with one planted fault at a time; what the conformance suite is tried on.
        .executableTarget(
            name: "faulty-peer",
            dependencies: [
                "AdapterLines", "CLinux", "COpenSSL", "CZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/FaultyPeer", exclude: ["ADAPTER.md", "capabilities.yaml", "client-capabilities.yaml"],
            swiftSettings: strict),
        .testTarget(
            name: "WebSocketConformanceTests",
            dependencies: [
                "BenchResults", "FixtureServer", "Reactor", "TestSupport", "WebSocketConformance",
                "WebSocketTransport", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict + [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
        .testTarget(name: "AdapterLinesTests", dependencies: ["AdapterLines"], swiftSettings: strict),
        // Our own client as an adapter.
        .executableTarget(
            name: "conformance-adapter",
            dependencies: ["AdapterLines", "Reactor", "WebSocketTransport"],
            path: "Tests/ConformanceAdapter", swiftSettings: strict),
        .testTarget(
            name: "FaultyPeerTests",
            dependencies: [
                "BenchResults", "FixtureServer", "TestSupport", "WebSocketConformance", "WebSocketTransport",
                "conformance-adapter", "faulty-peer",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AutobahnClientTests",
            dependencies: [
                "AutobahnClient", "Reactor", "TestSupport", "WebSocketTransport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
    ]
)

if isFuzzing {
    package.targets += [
        // The toolchain's libFuzzer.
        .systemLibrary(name: "CLibFuzzer", path: "Tests/CLibFuzzer"),
        // The entries of FuzzEntries under libFuzzer.
        .executableTarget(
            name: "fuzzing", dependencies: ["CLibFuzzer", "FuzzEntries"], path: "Tests/Fuzzing",
            exclude: ["fuzz.sh", "Dictionaries"], swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]),
    ]
    // Optimised with assertions: they are what tells a broken invariant before its consequences do.
    let instrumented = SwiftSetting.unsafeFlags(["-sanitize=fuzzer,address", "-assert-config", "Debug"])
    for target in package.targets where target.type == .regular || target.type == .executable {
        target.swiftSettings = (target.swiftSettings ?? []) + [instrumented]
    }
}

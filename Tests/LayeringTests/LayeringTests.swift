import Foundation
import Testing

@Suite struct LayeringTests {
    // Tests/LayeringTests/This.swift, so the package is two folders up from this one.
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }

    private static func manifest() throws -> [ManifestScan.Target] {
        ManifestScan.targets(in: try text(package.appendingPathComponent("Package.swift")))
    }

    /// The sources of a module with their paths within the package.
    private static func sources(of module: String) throws -> [(path: String, text: String)] {
        let folder = package.appendingPathComponent("Sources/\(module)")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return try files.filter { $0.hasSuffix(".swift") }.sorted().map {
            ("Sources/\(module)/\($0)", try text(folder.appendingPathComponent($0)))
        }
    }

    @Test func `every module has its row, and every row its module`() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Self.package.appendingPathComponent("Sources").path)
        let rows = Set(ModuleLayers.allowed.keys).union(ModuleLayers.executables)
        #expect(Set(folders).subtracting(rows) == [], "modules without a row")
        #expect(rows.subtracting(folders) == [], "rows without a module")
        #expect(Set(try Self.manifest().map(\.name)) == rows)
    }

    @Test(arguments: ModuleLayers.allowed.keys.sorted())
    func `a module's sources import only what lies below it`(_ module: String) throws {
        let sources = try Self.sources(of: module)
        for (path, text) in sources {
            let violations = ModuleLayers.violations(of: module, imports: ImportScan.modules(in: text), file: path)
            #expect(violations.isEmpty, "\(violations)")
        }
        if !["CLinux", "COpenSSL", "CZlib"].contains(module) {
            #expect(sources.contains { !ImportScan.modules(in: $0.text).isEmpty } || module == "BenchResults")
        }
    }

    @Test func `the manifest's arrows are no others`() throws {
        for target in try Self.manifest() {
            let violations = ModuleLayers.violations(of: target.name, imports: target.dependencies)
            #expect(violations.isEmpty, "\(violations)")
        }
    }

    @Test func `what the manifest names is used, and what is used is named`() throws {
        for target in try Self.manifest() where !["CLinux", "COpenSSL", "CZlib"].contains(target.name) {
            let imported = Set(try Self.sources(of: target.name).flatMap { ImportScan.modules(in: $0.text) })
            let named = Set(target.dependencies)
            #expect(named.subtracting(imported) == [], "\(target.name) names what it does not import")
            let toolchain = ModuleLayers.system.union(["Foundation", "FoundationEssentials", "Dispatch"])
            #expect(
                imported.subtracting(named).subtracting(toolchain) == [], "\(target.name) imports what it does not name"
            )
        }
    }

    @Test func `the arrows have no circle`() {
        var settled: Set<String> = []
        var waiting = ModuleLayers.allowed
        while let next = waiting.first(where: {
            $0.value.filter { ModuleLayers.allowed[$0] != nil }.isSubset(of: settled)
        }) {
            settled.insert(next.key)
            waiting[next.key] = nil
        }
        #expect(waiting.isEmpty, "\(waiting.keys)")
    }

    @Test func `the protocol takes nothing but the C library, SHA-1 and zlib from anyone`() throws {
        let imported = Set(try Self.sources(of: "WebSocketProtocol").flatMap { ImportScan.modules(in: $0.text) })
        #expect(imported.isSubset(of: ["Glibc", "COpenSSL", "CZlib", "Synchronization"]), "\(imported)")
    }
}

/// The checker itself: it must see what it is there for.
@Suite struct LayeringCheckerTests {
    @Test(arguments: [
        "import Reactor", "public import Reactor", "@testable import Reactor", "@_exported public import Reactor",
        "package  import\tReactor // fine", "import struct Reactor.SocketAddress",
        "internal import class Reactor.Stream",
        "  import Reactor;", "/* gone */\nimport Reactor",
        "let text = \"\"\"\n    import Foundation\n    \"\"\"\nimport Reactor",
    ])
    func `every way to write an import is seen`(_ source: String) {
        #expect(ImportScan.modules(in: source) == ["Reactor"])
    }

    @Test(arguments: [
        "// import Reactor", "/// import Reactor", "/*\nimport Reactor\n*/", "let importReactor = 1",
        "important(Reactor)",
        "let text = \"\"\"\n    import Reactor\n    \"\"\"", "",
    ])
    func `what only looks like one is not`(_ source: String) {
        #expect(ImportScan.modules(in: source).isEmpty)
    }

    @Test func `a planted import is found, with its file`() {
        let planted = "import Glibc\npublic import WebSocketTransport\nimport COpenSSL\n"
        let violations = ModuleLayers.violations(
            of: "WebSocketProtocol", imports: ImportScan.modules(in: planted), file: "Sources/WebSocketProtocol/X.swift"
        )
        #expect(violations.map(\.imported) == ["WebSocketTransport"])
        #expect(
            violations.first?.description
                == "WebSocketProtocol may not import WebSocketTransport (Sources/WebSocketProtocol/X.swift)")
    }

    @Test(arguments: [
        ("Reactor", "WebSocketProtocol"), ("Reactor", "Foundation"), ("WebSocketProtocol", "Foundation"),
        ("WebSocketProtocol", "Reactor"), ("WebSocketTransport", "LoadGenerator"), ("WebSocketTransport", "Foundation"),
        ("BenchReports", "LoadGenerator"), ("BenchResults", "BenchReports"), ("LoadGenerator", "BenchReports"),
        ("CommandLineSupport", "LoadGenerator"), ("FixtureServer", "BenchResults"), ("Unheard", "Reactor"),
    ])
    func `an arrow that points up, or aside, is a violation`(_ module: String, _ imported: String) {
        #expect(ModuleLayers.violations(of: module, imports: [imported]).count == 1)
    }

    @Test func `an executable may import anything`() {
        #expect(ModuleLayers.violations(of: "wsbench", imports: ["LoadGenerator", "Foundation"]).isEmpty)
    }

    @Test func `a planted arrow in the manifest is found`() {
        let manifest = """
            targets: [
                .target(name: "CLinux"),
                .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
                .target(
                    name: "Reactor",
                    dependencies: [
                        "CLinux", "BenchResults", .product(name: "Logging", package: "swift-log"),
                    ], swiftSettings: strict),
                .target(name: "Help", dependencies: ["Reactor"], path: "Tests/Help"),
                .testTarget(name: "ReactorTests", dependencies: ["Reactor", "BenchReports"]),
                .executableTarget(name: "wsbench", dependencies: ["LoadGenerator"]),
            ]
            """
        let targets = ManifestScan.targets(in: manifest)
        #expect(targets.map(\.name) == ["CLinux", "COpenSSL", "Reactor", "wsbench"])
        #expect(targets.map(\.dependencies) == [[], [], ["CLinux", "BenchResults", "Logging"], ["LoadGenerator"]])
        let violations = targets.flatMap { ModuleLayers.violations(of: $0.name, imports: $0.dependencies) }
        #expect(violations.map(\.imported) == ["BenchResults", "Logging"])
    }
}

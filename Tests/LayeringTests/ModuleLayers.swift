/// The arrows of ARCHITECTURE.md: what each module of the package may import, and nothing else.
enum ModuleLayers {
    /// The standard library and the C library: what every module may import.
    static let system: Set<String> = ["Glibc", "Synchronization", "Swift"]

    /// Modules of this package and of others, by the module that may import them.
    static let allowed: [String: Set<String>] = [
        "CLinux": [],
        "COpenSSL": [],
        "CZlib": [],
        // `Dispatch` for name resolution alone, which blocks; OpenSSL for TLS.
        "Reactor": ["CLinux", "COpenSSL", "Dispatch"],
        // SHA-1 for the handshake and DEFLATE are all it takes from anyone.
        "WebSocketProtocol": ["COpenSSL", "CZlib"],
        "WebSocketTransport": ["CLinux", "Reactor", "WebSocketProtocol", "Logging"],
        "FixtureServer": ["WebSocketTransport", "Logging", "Foundation"],
        "BenchResults": ["Histogram"],
        "LoadGenerator": [
            "WebSocketTransport", "Reactor", "BenchResults", "CLinux", "HeapModule", "Subprocess", "SystemPackage",
            "Yams",
            "Foundation",
        ],
        // SHA-1 of the handshake, and zlib to make and read what RFC 7692 compresses, capability files; never WebSocketProtocol.
        // FoundationEssentials for the JSON of adapters and control endpoints alone.
        "WebSocketConformance": [
            "Reactor", "BenchResults", "COpenSSL", "CZlib", "FoundationEssentials", "Yams",
        ],
        "BenchReports": ["BenchResults", "Mustache", "FoundationEssentials"],
        "CommandLineSupport": ["BenchResults", "WebSocketTransport", "ArgumentParser"],
    ]

    /// Executables may import anything.
    static let executables: Set<String> = ["wsbench", "wsserver"]

    /// One arrow that must not be.
    struct Violation: Equatable, CustomStringConvertible {
        let module: String
        let imported: String
        /// Where it stands, when it stands in a source.
        var file: String?

        var description: String { "\(module) may not import \(imported)\(file.map { " (\($0))" } ?? "")" }
    }

    /// What `module` may not import of `imports`.
    static func violations(of module: String, imports: [String], file: String? = nil) -> [Violation] {
        guard !executables.contains(module) else { return [] }
        let fine = system.union(allowed[module] ?? [])
        return imports.filter { !fine.contains($0) }.map { Violation(module: module, imported: $0, file: file) }
    }
}

/// Reads the `import` declarations of Swift sources.
enum ImportScan {
    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private",
    ]
    private static let kinds: Set<Substring> = [
        "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
    ]

    /// The modules that `source` imports, in its order. Comments and texts do not count.
    static func modules(in source: String) -> [String] {
        var blockDepth = 0
        var isInText = false
        return source.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            if line.contains("\"\"\"") {
                // Two on one line open and close.
                if line.components(of: "\"\"\"") == 1 { isInText.toggle() }
                return nil
            }
            let opened = line.components(of: "/*")
            let wasInComment = blockDepth > 0
            blockDepth += opened - line.components(of: "*/")
            guard !isInText, !wasInComment, opened == 0 else { return nil }
            return module(ofDeclaration: line)
        }
    }

    private static func module(ofDeclaration line: Substring) -> String? {
        var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == ";" })[...]
        while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        if let word = words.first, kinds.contains(word) { words.removeFirst() }
        // `import struct Foundation.Data` and `import Glibc.unistd` name the module first.
        return words.first?.split(separator: ".").first.map(String.init)
    }
}

extension Substring {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}

/// Reads the targets and their arrows from the text of a package manifest.
enum ManifestScan {
    struct Target: Equatable {
        let name: String
        /// Targets of the package and products of others, by module name.
        let dependencies: [String]
    }

    /// The targets that ship: no test targets and what only they use.
    static func targets(in manifest: String) -> [Target] {
        let pieces = manifest.components(before: [".target(", ".executableTarget(", ".systemLibrary(", ".testTarget("])
        return pieces.filter { !$0.hasPrefix(".testTarget(") && !$0.contains("path: \"Tests/") }.compactMap(target)
    }

    private static func target(_ text: String) -> Target? {
        guard let name = text.firstMatch(of: /name: "([^"]+)"/)?.1 else { return nil }
        var dependencies: [String] = []
        if let start = text.firstRange(of: "dependencies: [")?.upperBound {
            // Products are named in calls, targets by themselves; neither holds a bracket.
            let list = text[start...].prefix { $0 != "]" }
            for match in list.matches(of: /\.product\(name: "([^"]+)", package: "[^"]+"\)|"([^"]+)"/) {
                if let module = match.1 ?? match.2 { dependencies.append(String(module)) }
            }
        }
        return Target(name: String(name), dependencies: dependencies)
    }
}

extension String {
    /// The text cut before each of `markers`; what stands before the first one is left out.
    fileprivate func components(before markers: [String]) -> [String] {
        let starts = markers.flatMap { ranges(of: $0) }.map(\.lowerBound).sorted()
        return starts.indices.map { index in
            String(self[starts[index]..<(index + 1 < starts.count ? starts[index + 1] : endIndex)])
        }
    }
}

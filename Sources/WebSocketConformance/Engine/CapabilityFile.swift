import BenchResults
import Yams

/// Reads what a system under test offers from its capability file (YAML, or JSON, which is YAML too).
///
///     paths:
///       deflate: /echo-deflate      # request targets by fixture
///       limit: /limit
///     features: [proxy]             # what is there or not
///     message-limit: 1MiB           # of a message at `limit`; of any message to a client
///     handshake-timeout: 10s
///     keep-alive: 5s                # after which a silent peer is gone, at `idle`
///     close-timeout: 10s            # how long it waits for the answer to its Close
///     connection-limit: 1000        # of connections at once
package enum CapabilityFile {
    /// No honest file is longer.
    private static let longest = 64 * 1024
    private static let keys = [
        "paths", "features", "message-limit", "handshake-timeout", "keep-alive", "close-timeout",
    ]
    /// What a file may declare without a value.
    private static let features: [Capability] = [.proxy, .reconnects, .browser]

    /// - Throws: ``CapabilityFileError`` with the first thing that is wrong.
    package static func read(_ text: String, file: String) throws(CapabilityFileError) -> Capabilities {
        guard text.utf8.count <= longest else {
            throw CapabilityFileError(file: file, line: 1, message: "longer than \(longest / 1024) KiB")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw CapabilityFileError(file: file, line: line(of: error), message: "this is not YAML: \(reason(error))")
        }
        var reading = Reading(file: file)
        try reading.read(root)
        return reading.capabilities
    }

    private static func line(of error: any Error) -> Int {
        switch error as? YamlError {
        case .scanner(_, _, let mark, _)?, .parser(_, _, let mark, _)?, .composer(_, _, let mark, _)?: mark.line
        case .duplicatedKeysInMapping(_, let context)?: context.mark.line
        default: 1
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, _, _)?, .parser(_, let problem, _, _)?, .composer(_, let problem, _, _)?: problem
        case .duplicatedKeysInMapping(let duplicates, _)?: "the key \(duplicates.first ?? "") appears twice"
        default: "\(error)"
        }
    }

    private struct Reading {
        let file: String
        var capabilities = Capabilities()

        mutating func read(_ root: Node?) throws(CapabilityFileError) {
            guard let root else { return }
            guard case .mapping(let mapping) = root else { throw fault(root, "the file is a mapping of \(list(keys))") }
            for (key, value) in mapping {
                switch key.string ?? "" {
                case "paths": try readPaths(value)
                case "features": try readFeatures(value)
                case "message-limit":
                    capabilities.messageLimit = Int(clamping: try measure(value, .size, "message-limit"))
                    capabilities.features.insert(.messageLimit)
                case "handshake-timeout":
                    capabilities.handshakeTimeout = try seconds(value, "handshake-timeout")
                    capabilities.features.insert(.handshakeTimeout)
                case "keep-alive":
                    capabilities.idleTimeout = try seconds(value, "keep-alive")
                    capabilities.features.insert(.keepAlive)
                case "close-timeout":
                    capabilities.closeTimeout = try seconds(value, "close-timeout")
                    capabilities.features.insert(.closeTimeout)
                case "connection-limit":
                    capabilities.connectionLimit = Int(clamping: try measure(value, .count, "connection-limit"))
                    guard (1...5000).contains(capabilities.connectionLimit) else {
                        throw fault(value, "`connection-limit` is at most 5000: the suite opens as many connections")
                    }
                    capabilities.features.insert(.connectionLimit)
                case let other: throw unknown("key", other, key, keys)
                }
            }
        }

        private mutating func readPaths(_ node: Node) throws(CapabilityFileError) {
            guard case .mapping(let mapping) = node else {
                throw fault(node, "`paths` is a mapping of fixtures to request targets")
            }
            let known = Capability.fixtures.map(\.rawValue)
            for (key, value) in mapping {
                guard let name = key.string, known.contains(name), let fixture = Capability(rawValue: name) else {
                    throw unknown("fixture", key.string ?? "", key, known)
                }
                guard let path = value.string, path.hasPrefix("/"),
                    !path.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f })
                else { throw fault(value, "the path of `\(name)` begins with / and holds printable ASCII only") }
                capabilities.paths[fixture] = path
            }
        }

        private mutating func readFeatures(_ node: Node) throws(CapabilityFileError) {
            guard case .sequence(let sequence) = node else { throw fault(node, "`features` is a list") }
            let known = CapabilityFile.features.map(\.rawValue)
            for value in sequence {
                guard let name = value.string, known.contains(name), let feature = Capability(rawValue: name) else {
                    throw unknown("feature", value.string ?? "", value, known)
                }
                capabilities.features.insert(feature)
            }
        }

        private func seconds(_ node: Node, _ key: String) throws(CapabilityFileError) -> Double {
            let seconds = Double(try measure(node, .duration, key)) / 1e9
            guard seconds <= 3600 else { throw fault(node, "`\(key)` is at most one hour") }
            return seconds
        }

        private func measure(
            _ node: Node, _ dimension: Dimension, _ key: String
        ) throws(CapabilityFileError) -> UInt64 {
            let text = node.string ?? ""
            let measure: Measure
            do throws(MeasureError) {
                measure = try Measure(parsing: text, as: dimension)
            } catch {
                throw fault(node, "`\(key)`: \(error.message)")
            }
            guard let whole = measure.whole, whole > 0 else {
                throw fault(node, "`\(key)` is above zero; write for example `\(dimension.example)`")
            }
            return whole
        }

        private func unknown(
            _ what: String, _ name: String, _ node: Node, _ known: [String]
        ) -> CapabilityFileError {
            let hint =
                NearestName.of(name, in: known).map { "did you mean `\($0)`?" } ?? "known are \(list(known))"
            return fault(node, "unknown \(what) `\(name)`; \(hint)")
        }

        private func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

        private func fault(_ node: Node, _ message: String) -> CapabilityFileError {
            CapabilityFileError(file: file, line: node.mark?.line ?? 1, message: message)
        }
    }
}

/// What is wrong with a capability file.
package struct CapabilityFileError: Error, Equatable, CustomStringConvertible {
    package var file: String
    /// From 1.
    package var line: Int
    package var message: String

    package var description: String { "\(file):\(line): \(message)" }
}

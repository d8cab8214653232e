import BenchResults

/// Replaces `${NAME}` and `${NAME:-default}` in values: by the scenario's `vars`, else by the environment.
///
/// `$${` stands for `${` itself. What is put in is not looked at again, so a value cannot bring in further variables.
struct ScenarioVariables {
    private var values: [String: String] = [:]
    private let environment: [String: String]

    /// What variables may add to a value: those that refer to others could double with each.
    static let maximumExpansion = 64 << 10

    struct Failure: Error {
        let message: String
        var nearest: String?
        var known: [String] = []
    }

    init(environment: [String: String]) { self.environment = environment }

    mutating func define(_ name: String, _ value: String) { values[name] = value }

    func expand(_ text: String) throws(Failure) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else { throw Failure(message: "`${` is not closed by `}`") }
                result += try value(of: rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
                rest = rest[rest.index(after: end)...]
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
            guard result.utf8.count <= text.utf8.count + Self.maximumExpansion else {
                throw Failure(message: "the variables add more than \(Self.maximumExpansion >> 10) KiB to the value")
            }
        }
        return result + rest
    }

    private func value(of reference: Substring) throws(Failure) -> String {
        var name = reference
        var fallback: Substring?
        if let separator = reference.firstRange(of: ":-") {
            name = reference[..<separator.lowerBound]
            fallback = reference[separator.upperBound...]
        }
        if Self.isFilledInLater(name) {
            throw Failure(message: "this version does not have `${\(reference)}` yet")
        }
        guard Self.isName(name) else {
            throw Failure(message: "`${\(reference)}` is not a variable; write `${NAME}` or `${NAME:-default}`")
        }
        if let fallback, fallback.contains("${") {
            throw Failure(message: "the default in `${\(name):-…}` may not refer to another variable")
        }
        if let value = values[String(name)] { return value }
        // As in the shell: `:-` also replaces a variable that is set but empty.
        if let value = environment[String(name)], !(value.isEmpty && fallback != nil) { return value }
        if let fallback { return String(fallback) }
        let known = values.keys.sorted()
        let nearest = NearestName.of(String(name), in: known)
        throw Failure(
            message: "`\(name)` is neither in `vars` nor in the environment"
                + (nearest.map { "; did you mean `\($0)`?" } ?? "; give a default with `${\(name):-…}`"),
            nearest: nearest, known: known)
    }

    /// Values that differ by connection, message or cell; they are part of the format, but not of this version.
    private static func isFilledInLater(_ name: Substring) -> Bool {
        name == "seq" || name == "conn" || name.hasPrefix("conn ") || name.hasPrefix("row.") || name.hasPrefix("cell.")
    }

    static func isName(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

/// A place in a scenario's text; both count from 1.
struct SourcePosition: Hashable, Comparable {
    let line: Int
    let column: Int

    static let start = SourcePosition(line: 1, column: 1)

    static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A YAML (or JSON) value with its place. Scalars are text and nothing else: what `no` or `1e3` mean is decided by the
/// key that asks, never by YAML.
struct DocumentNode {
    let position: SourcePosition
    let content: Content

    enum Content {
        case scalar(Scalar)
        case list([DocumentNode])
        case mapping([Entry])
    }

    struct Scalar {
        let text: String
        let style: Style
    }

    enum Style {
        case plain
        case quoted
        /// `|` or `>`: the text starts on a later line.
        case block
    }

    struct Entry {
        let key: String
        let keyPosition: SourcePosition
        let value: DocumentNode
    }

    /// True for `key:` with nothing behind it.
    var isMissing: Bool {
        if case .scalar(let scalar) = content { return scalar.style == .plain && scalar.text.isEmpty }
        return false
    }

    /// For messages.
    var phrase: String {
        switch content {
        case .scalar: isMissing ? "nothing" : "a single value"
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }
}

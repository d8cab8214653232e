import Yams

/// Turns the text of a scenario into ``DocumentNode``s, within limits that no honest file meets.
///
/// Refused: duplicate keys, anchors and aliases (so nothing can be multiplied), merge keys, tags, several documents.
/// JSON is read by the same rules, YAML being a superset of it.
struct DocumentReader {
    static let maximumBytes = 1 << 20
    static let maximumDepth = 32
    static let maximumNodes = 100_000

    private let problems: ProblemList
    private var nodes = 0

    /// Returns nil when the text is no document at all; what is wrong is added to `problems`.
    static func read(_ text: String, problems: ProblemList) -> DocumentNode? {
        var reader = DocumentReader(problems: problems)
        return reader.read(text)
    }

    private init(problems: ProblemList) { self.problems = problems }

    private mutating func read(_ text: String) -> DocumentNode? {
        guard text.utf8.count <= Self.maximumBytes else {
            problems.add(.start, "the scenario is larger than \(Self.maximumBytes >> 20) MiB")
            return nil
        }
        // Before the parser sees it: it hashes aliased keys, which can cost exponential time.
        if let (position, name) = AliasScan.firstAlias(in: text) {
            problems.add(
                position, "`*\(name)` refers to an anchor; anchors are not part of the format, write the value out")
            return nil
        }
        do {
            // The default encoding is taken from the process's environment.
            let parser = try Yams.Parser(yaml: text, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                problems.add(.start, "the scenario is empty")
                return nil
            }
            // Nodes refer to their anchors weakly, only the parser holds them.
            let document = withExtendedLifetime(parser) { convert(root, depth: 1) }
            // A value that was refused is missing now, which must not be reported once more.
            return problems.isEmpty ? document : nil
        } catch let error as YamlError {
            problems.add(error)
        } catch {
            problems.add(.start, "the text cannot be read: \(error)")
        }
        return nil
    }

    private mutating func convert(_ node: Node, depth: Int) -> DocumentNode? {
        let position = SourcePosition(node.mark)
        nodes += 1
        guard nodes <= Self.maximumNodes else {
            if nodes == Self.maximumNodes + 1 {
                problems.add(position, "the scenario has more than \(Self.maximumNodes) values")
            }
            return nil
        }
        guard depth <= Self.maximumDepth else {
            problems.add(position, "values are nested deeper than \(Self.maximumDepth) levels")
            return nil
        }
        if let anchor = node.anchor {
            problems.add(position, "`&\(anchor.rawValue)` is an anchor; anchors are not part of the format")
            return nil
        }
        if let tag = node.writtenTag {
            problems.add(position, "`\(tag)` is a tag; tags are not part of the format")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let style: DocumentNode.Style =
                switch scalar.style {
                case .singleQuoted, .doubleQuoted: .quoted
                case .literal, .folded: .block
                case .any, .plain: .plain
                }
            return DocumentNode(position: position, content: .scalar(.init(text: scalar.string, style: style)))
        case .sequence(let sequence):
            return DocumentNode(
                position: position, content: .list(sequence.compactMap { convert($0, depth: depth + 1) }))
        case .mapping(let mapping):
            return DocumentNode(position: position, content: .mapping(entries(of: mapping, depth: depth)))
        case .alias(let alias):
            problems.add(
                position, "`*\(alias.anchor.rawValue)` refers to an anchor; anchors are not part of the format")
            return nil
        }
    }

    private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [DocumentNode.Entry] {
        var entries: [DocumentNode.Entry] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key else {
                problems.add(SourcePosition(key.mark), "a key is a single word")
                continue
            }
            let position = SourcePosition(key.mark)
            // The parser itself tells `1` from `"1"`; for us both are the same key.
            guard seen.insert(name.string).inserted else {
                problems.add(position, "the key `\(name.string)` appears twice")
                continue
            }
            if let value = convert(value, depth: depth + 1) {
                entries.append(DocumentNode.Entry(key: name.string, keyPosition: position, value: value))
            }
        }
        return entries
    }
}

extension SourcePosition {
    fileprivate init(_ mark: Mark?) {
        self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
    }
}

extension Node {
    /// The tag in front of the value; nil when there is none. Quoted texts have the tag of strings, written or not.
    fileprivate var writtenTag: String? {
        let tag: Tag =
            switch self {
            case .scalar(let scalar): scalar.tag
            case .sequence(let sequence): sequence.tag
            case .mapping(let mapping): mapping.tag
            case .alias(let alias): alias.tag
            }
        return tag == .implicit || tag == Tag(.str) ? nil : tag.description
    }
}

extension ProblemList {
    fileprivate func add(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, let yaml),
            .parser(let context, let problem, let mark, let yaml),
            .composer(let context, let problem, let mark, let yaml):
            let opened = context.map { " (\($0.text) in line \(SourcePosition($0.mark).within(yaml).line))" } ?? ""
            add(SourcePosition(mark).within(yaml), "this is not YAML: \(problem)\(opened)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            for key in duplicates { add(SourcePosition(context.mark), "the key `\(key)` appears twice") }
        case .reader(let problem, let offset, _, let yaml):
            add(SourcePosition(of: offset ?? 0, in: yaml), "this is not YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            add(.start, "this is not YAML: \(error)")
        }
    }
}

extension SourcePosition {
    /// The place `offset` characters into `text`.
    fileprivate init(of offset: Int, in text: String) {
        var line = 1
        var column = 1
        for character in text.prefix(offset) {
            if character.isNewline {
                line += 1
                column = 1
            } else {
                column += character.unicodeScalars.count
            }
        }
        self.init(line: line, column: column)
    }

    /// The same place, or the end of the text if that is before it: the parser ends the last line in any case, and so
    /// reports what is missing at the end in a line that is not there.
    fileprivate func within(_ text: String) -> SourcePosition {
        let end = SourcePosition(of: text.count, in: text)
        return line > end.line ? end : self
    }
}

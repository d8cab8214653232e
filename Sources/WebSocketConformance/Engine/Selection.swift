package import BenchResults

/// Which cases run.
package struct Selection: Sendable {
    /// Globs over ids (`F-012#text-*`), rows (`D-*`, `H-03?`) or names of groups (`H2`); empty takes all.
    package var only: [String] = []
    package var skip: [String] = []
    package var levels: Set<RequirementLevel> = []
    package var tags: Set<String> = []
    /// The `index`th, from 1, of `count` parts.
    package var shard: (index: Int, count: Int)?
    package var includesAutobahn = false

    package init() {}

    package struct UnknownPattern: Error, Equatable {
        package let pattern: String
    }

    /// The cases of `role`, in the order of the suite.
    ///
    /// - Throws: ``UnknownPattern`` for a pattern that matches no case at all, whatever the role: a typing error, most
    ///   likely.
    package func cases(for role: CaseRole) throws(UnknownPattern) -> [Case] {
        let all = Suite.cases
        for pattern in only + skip where !all.contains(where: { Self.matches($0, pattern) }) {
            throw UnknownPattern(pattern: pattern)
        }
        var chosen = all.filter { one in
            one.roles.contains(role)
                && (only.isEmpty
                    ? includesAutobahn == one.isAutobahn : only.contains { Self.matches(one, $0) })
                && !skip.contains { Self.matches(one, $0) }
                && (levels.isEmpty || levels.contains(one.effectiveLevel))
                && (tags.isEmpty || !tags.isDisjoint(with: one.tags))
        }
        if let shard {
            chosen = chosen.enumerated().filter { $0.offset % shard.count == shard.index - 1 }.map(\.element)
        }
        return chosen
    }

    private static func matches(_ one: Case, _ pattern: String) -> Bool {
        one.group == pattern || CasePattern(pattern).matches(row: one.row, variant: one.variant)
    }
}

extension Case {
    package var isAutobahn: Bool { Catalogue.row(row) == nil }
    package var group: String { Catalogue.row(row)?.group ?? "Autobahn" }
    package var effectiveLevel: RequirementLevel { level ?? Catalogue.row(row)?.level ?? .must }
}

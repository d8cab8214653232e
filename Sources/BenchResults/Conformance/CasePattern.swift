/// Names cases: `*` stands for any text, `?` for any one character.
///
/// Without a `#` it is compared with the row, so that `F-022` means every case of that row; with one it is compared
/// with the whole id (`F-022#declared-*`). Upper and lower case differ.
public struct CasePattern: Sendable, Hashable, CustomStringConvertible {
    public let text: String
    private let namesVariant: Bool

    public init(_ text: String) {
        self.text = text
        namesVariant = text.utf8.contains(UInt8(ascii: "#"))
    }

    public var description: String { text }

    /// Whether it names one case only, by its id.
    public var isExact: Bool { !text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") } }

    public func matches(row: String, variant: String?) -> Bool {
        // Most lines of a file speak of other groups.
        if let first = text.utf8.first, first != UInt8(ascii: "*"), first != UInt8(ascii: "?"), first != row.utf8.first
        {
            return false
        }
        guard namesVariant else { return Self.matches(Array(text.utf8), Array(row.utf8)) }
        return Self.matches(Array(text.utf8), Array((variant.map { "\(row)#\($0)" } ?? row).utf8))
    }

    public func matches(_ result: CaseResult) -> Bool { matches(row: result.row, variant: result.variant) }

    /// Goes back to the last star only, which is enough: costs at most the product of the lengths.
    private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var (position, index) = (0, 0)
        var retry: (position: Int, index: Int)?
        while index < text.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                position += 1
                retry = (position, index)
            } else if position < pattern.count,
                pattern[position] == UInt8(ascii: "?") || pattern[position] == text[index]
            {
                position += 1
                index += 1
            } else if let star = retry {
                position = star.position
                index = star.index + 1
                retry = (star.position, star.index + 1)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}

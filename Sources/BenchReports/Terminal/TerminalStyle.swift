/// What the terminal at hand can show.
public struct TerminalStyle: Sendable, Equatable {
    /// Colours and bold, by escape codes.
    public var colour: Bool
    /// Characters beyond ASCII: block elements, µ, dashes.
    public var unicode: Bool

    public init(colour: Bool, unicode: Bool) {
        self.colour = colour
        self.unicode = unicode
    }

    /// For files and logs that nothing is known of.
    public static let plain = TerminalStyle(colour: false, unicode: false)

    /// Reads the usual variables: `NO_COLOR` and `TERM=dumb` switch colours off, `CLICOLOR_FORCE` on; the first of
    /// `LC_ALL`, `LC_CTYPE` and `LANG` that is set names the character set.
    public init(environment: [String: String], isTerminal: Bool) {
        let set = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let forced = set("CLICOLOR_FORCE").map { $0 != "0" } ?? false
        colour = set("NO_COLOR") == nil && (forced || (isTerminal && set("TERM") != "dumb"))
        let locale = (set("LC_ALL") ?? set("LC_CTYPE") ?? set("LANG") ?? "").lowercased()
        unicode = locale.hasSuffix("utf-8") || locale.hasSuffix("utf8")
    }
}

package import BenchResults

/// What a README shows of a run: `498/504 strict`.
///
/// The colour tells more than the number: bright green when no requirement is missed, not even a recommended one;
/// green when nothing compulsory (MUST) is; yellow up to one in a hundred of those; red beyond.
package struct ConformanceBadge: Sendable, Equatable {
    package enum Colour: String, Sendable {
        case brightgreen
        case green
        case yellow
        case red
        /// The run says nothing yet.
        case lightgrey

        fileprivate var hex: String {
            switch self {
            case .brightgreen: "#1f8b3b"
            case .green: "#5b8c00"
            case .yellow: "#9a6b00"
            case .red: "#c2372e"
            case .lightgrey: "#6b7078"
            }
        }
    }

    package static let label = "WebSocket conformance"

    package let message: String
    package let colour: Colour

    package init(_ results: [ConformanceResult]) {
        var judged = 0
        var strict = 0
        var must = (cases: 0, missed: 0)
        var isPerfect = true
        for found in results.flatMap(\.cases) where found.verdict != .skipped && found.verdict != .information {
            judged += 1
            if found.verdict == .pass { strict += 1 }
            // What is recommended is asked of MUST and SHOULD only; elsewhere it is enough to break nothing.
            let isNormative = found.level == .must || found.level == .should
            if found.verdict.breaksRequirement(isStrict: isNormative) { isPerfect = false }
            guard found.level == .must else { continue }
            must.cases += 1
            if found.verdict.breaksRequirement(isStrict: false) { must.missed += 1 }
        }
        if results.contains(where: { $0.interruption != nil }) {
            (message, colour) = ("incomplete", .lightgrey)
        } else if judged == 0 {
            (message, colour) = ("no results", .lightgrey)
        } else {
            message = "\(strict)/\(judged) strict"
            colour =
                isPerfect ? .brightgreen : must.missed == 0 ? .green : must.missed * 100 <= must.cases ? .yellow : .red
        }
    }

    /// For an endpoint badge of shields.io.
    package var json: String {
        JSONValue.object([
            ("schemaVersion", .integer(1)), ("label", .string(Self.label)), ("message", .string(message)),
            ("color", .string(colour.rawValue)),
        ]).compact + "\n"
    }

    /// The picture itself, for where nothing may be loaded.
    package var svg: String {
        // Widths of a sans-serif font at 11 px, near enough; `textLength` makes them right.
        let width = { (text: String) in text.unicodeScalars.count * 67 / 10 + 12 }
        let (left, right) = (width(Self.label), width(message))
        let text = { (text: String, middle: Int, length: Int) in
            "<text x=\"\(middle)\" y=\"14\" textLength=\"\(length - 12)\" lengthAdjust=\"spacingAndGlyphs\">"
                + XMLText.escaped(text) + "</text>"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(left + right)" height="20" role="img" \
            aria-label="\(Self.label): \(XMLText.attribute(message))">
            <title>\(Self.label): \(XMLText.escaped(message))</title>
            <clipPath id="round"><rect width="\(left + right)" height="20" rx="4"/></clipPath>
            <g clip-path="url(#round)"><rect width="\(left)" height="20" fill="#3d4148"/>\
            <rect x="\(left)" width="\(right)" height="20" fill="\(colour.hex)"/></g>
            <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\
            \(text(Self.label, left / 2, left))\(text(message, left + right / 2, right))</g>
            </svg>

            """
    }
}

/// What is known of a system under test before the suite runs: results are compared with this, not with perfection.
///
/// A text file, one line for a case or for many:
///
///     # until the next release of the library
///     F-022#declared-1mib  FAIL,TIMEOUT  role=server  transport=tls  until 2027-03-01  # waits for the payload
///     L-014                DISABLED                                                    # hangs the server
///
/// First the id (``CasePattern``), then one verdict, a list of them for a case known to vary, or `DISABLED` for a case
/// that must not run; then conditions (role and transport; not the operating system, of which there is one) and the last
/// day on which the line counts; then, always, the reason. Of several lines that speak of a case the last one counts. A
/// case without a line is expected to break no requirement.
public struct Expectations: Sendable, Equatable {
    /// What messages call the file.
    public let file: String
    public let lines: [ExpectationLine]
    /// The file as it is written, for ``updated(from:today:)``.
    let source: [String]

    /// Nothing is known.
    public static let none = Expectations(file: "", lines: [], source: [])

    private init(file: String, lines: [ExpectationLine], source: [String]) {
        self.file = file
        self.lines = lines
        self.source = source
    }

    /// Reads the text of a file.
    ///
    /// - Throws: ``ExpectationsError`` with every line that cannot be read.
    public init(parsing text: String, file: String) throws(ExpectationsError) {
        var source = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        if source.last == "" { source.removeLast() }
        var lines: [ExpectationLine] = []
        var problems: [ExpectationsError.Problem] = []
        for (index, line) in source.enumerated() {
            do throws(ExpectationLine.Problem) {
                if let line = try ExpectationLine.parse(line, number: index + 1) { lines.append(line) }
            } catch {
                problems.append(.init(line: index + 1, message: error.message))
            }
        }
        guard problems.isEmpty else { throw ExpectationsError(file: file, problems: problems) }
        self.init(file: file, lines: lines, source: source)
    }

    /// Why a case must not run; nil when it may.
    public func disabledReason(
        row: String, variant: String?, role: CaseRole, transport: String, today: CalendarDate
    ) -> String? {
        guard let line = line(row: row, variant: variant, role: role, transport: transport, today: today),
            line.outcome == .disabled
        else { return nil }
        return line.reason
    }

    /// The line that counts for a case: the last that applies and has not expired.
    func line(
        row: String, variant: String?, role: CaseRole, transport: String, today: CalendarDate
    ) -> ExpectationLine? {
        lines.last {
            !$0.isExpired(on: today) && $0.applies(row: row, variant: variant, role: role, transport: transport)
        }
    }
}

/// What of an expectations file cannot be read.
public struct ExpectationsError: Error, Equatable, CustomStringConvertible {
    public struct Problem: Sendable, Equatable {
        public var line: Int
        public var message: String
    }

    public var file: String
    /// At least one, by line.
    public var problems: [Problem]

    /// A line for each: `expectations.txt:3: …`.
    public var description: String {
        problems.map { "\(file):\($0.line): \($0.message)" }.joined(separator: "\n")
    }
}

/// A day, as people write one in a file: `2027-03-01`.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Nil for a day that no calendar has. Years have four digits.
    public init?(year: Int, month: Int, day: Int) {
        guard (1000...9999).contains(year), (1...12).contains(month),
            (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Reads `2027-03-01`, also at the beginning of an ISO 8601 time.
    public init?(_ text: some StringProtocol) {
        let octets = Array(text.utf8.prefix(11))
        guard octets.count == 10 || (octets.count == 11 && octets[10] == UInt8(ascii: "T")),
            octets[4] == UInt8(ascii: "-"), octets[7] == UInt8(ascii: "-"),
            let year = Self.number(octets[0..<4]), let month = Self.number(octets[5..<7]),
            let day = Self.number(octets[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public var description: String { "\(year)-\(Self.twoDigits(month))-\(Self.twoDigits(day))" }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        digits.reduce(0 as Int?) { value, digit in
            guard let value, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            return value * 10 + Int(digit - UInt8(ascii: "0"))
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// A time of day as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 §5.6.7).
package struct HTTPDate: Equatable, Sendable, CustomStringConvertible {
    package let description: String

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    /// The last second of the year 9999: the format has four digits for a year.
    private static let latest: Int64 = 253_402_300_799

    /// - Parameter seconds: of the system's clock, since 1970; what is outside of 1970-9999 becomes the nearest time within.
    package init(secondsSince1970 seconds: Int64) {
        let seconds = Int(min(max(seconds, 0), Self.latest))
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = Self.date(days)
        // The first day of 1970 was a Thursday.
        let weekday = Self.weekdays[(days + 4) % 7]
        description =
            "\(weekday), \(Self.digits(day)) \(Self.months[month]) \(Self.digits(year / 100))\(Self.digits(year % 100)) "
            + "\(Self.digits(second / 3600)):\(Self.digits(second / 60 % 60)):\(Self.digits(second % 60)) GMT"
    }

    /// Year, month (0-11) and day (1-31) of a day counted from 1970-01-01, in years that begin in March, so that the leap
    /// day is the last one (Howard Hinnant, "chrono-compatible low-level date algorithms").
    private static func date(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = (monthFromMarch + 2) % 12
        return (era * 400 + yearOfEra + (month < 2 ? 1 : 0), month, day)
    }

    /// Two of them, 00-99.
    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

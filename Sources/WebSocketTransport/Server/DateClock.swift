import WebSocketProtocol

/// The current HTTP date, written at most once a second.
struct DateClock {
    private var second: Int?
    private var date = HTTPDate(secondsSince1970: 0)

    /// - Parameter now: seconds since 1970.
    mutating func date(at now: Int) -> HTTPDate {
        if second != now {
            second = now
            date = HTTPDate(secondsSince1970: Int64(now))
        }
        return date
    }
}

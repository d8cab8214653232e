import Foundation
import Testing

@testable import WebSocketProtocol

@Suite struct HTTPDateTests {
    @Test(
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)])
    func `a date is written as RFC 9110 §5.6.7 has it`(_ seconds: Int64, _ expected: String) {
        #expect(HTTPDate(secondsSince1970: seconds).description == expected)
    }

    @Test(arguments: [Int64.min, -1, 253_402_300_800, Int64.max])
    func `a time that cannot be written becomes the nearest one`(_ seconds: Int64) {
        let nearest = HTTPDate(secondsSince1970: seconds < 0 ? 0 : 253_402_300_799)
        #expect(HTTPDate(secondsSince1970: seconds) == nearest)
    }

    @Test func `any time is the one that the system's formatter writes`() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let seed: UInt64 = 9110
        var random = HandshakeRandom(seed: seed)
        for _ in 0..<2000 {
            let seconds = Int64.random(in: 0...253_402_300_799, using: &random)
            let expected = formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            #expect(HTTPDate(secondsSince1970: seconds).description == expected, "seed \(seed): \(seconds)")
        }
    }
}

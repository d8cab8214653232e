import Testing

@testable import WebSocketConformance

/// What the control endpoints are asked by.
struct RequestTargetTests {
    @Test func `a query is taken apart and percent-decoded`() {
        let target = RequestTarget("/runCase?case=3&agent=my%20client+1&tuple=F-001%23text")
        #expect(target.path == "/runCase")
        #expect(target.query == ["case": "3", "agent": "my client 1", "tuple": "F-001#text"])
    }

    @Test(arguments: ["", "/", "?", "/a?&&", "/a?b", "/a?=c", "/a?%", "/a?%4", "/a?x=%zz", "/?a=1&a=2"])
    func `whatever a client sends is a target`(text: String) {
        let target = RequestTarget(text)
        #expect(target.path == String(text.prefix { $0 != "?" }))
    }

    @Test func `no more than 64 parameters are read`() {
        let text = (0..<1000).map { "p\($0)=1" }.joined(separator: "&")
        #expect(RequestTarget("/?" + text).query.count == 64)
    }
}

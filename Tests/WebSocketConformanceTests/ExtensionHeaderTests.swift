import Testing

@testable import WebSocketConformance

struct ExtensionHeaderTests {
    typealias Parameter = ExtensionElement.Parameter

    @Test func `names, parameters, quotes and white space are read`() {
        let list = ExtensionElement.list("a , b;c ; d = 1\t;e=\"x\\y\",, f")
        #expect(
            list == [
                ExtensionElement(name: "a", parameters: []),
                ExtensionElement(
                    name: "b",
                    parameters: [
                        Parameter(name: "c", value: nil), Parameter(name: "d", value: "1"), Parameter(name: "e", value: "xy"),
                    ]),
                ExtensionElement(name: "f", parameters: []),
            ])
        #expect(ExtensionElement.list("") == [])
        #expect(ExtensionElement.list(" , ,") == [])
    }

    @Test(arguments: [";", "a;", "a; ;b", "=x", "a;b=", "a;b=\"", "a;b=\"x", "a;b=\"\"", "a;b=\"x y\"", "a b", "a;\u{01}", "a\u{80}", "a;b=1=2"])
    func `what breaks the grammar is refused`(_ text: String) {
        #expect(ExtensionElement.list(text) == nil)
    }

    @Test(arguments: [
        ("permessage-deflate", "permessage-deflate", []),
        ("permessage-deflate", "permessage-deflate; server_max_window_bits=12; client_no_context_takeover", []),
        ("permessage-deflate", "permessage-deflate; client_max_window_bits=12", ["X-022"]),
        ("permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=12", []),
        ("permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=12", ["X-021"]),
        ("permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=9", []),
        ("permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11", ["X-019"]),
        ("permessage-deflate; server_max_window_bits=10", "permessage-deflate", ["X-019"]),
        ("permessage-deflate; server_max_window_bits=10, permessage-deflate", "permessage-deflate", []),
        ("permessage-deflate; server_no_context_takeover", "permessage-deflate", ["X-017"]),
        ("permessage-deflate", "permessage-deflate; server_no_context_takeover=1", ["X-028"]),
        ("permessage-deflate", "permessage-deflate; server_max_window_bits=09", ["X-028"]),
        ("permessage-deflate", "permessage-deflate; server_max_window_bits=9; server_max_window_bits=9", ["X-028"]),
        ("permessage-deflate", "permessage-deflate; other", ["X-028"]),
        ("permessage-deflate", "x-other", ["X-004"]),
    ])
    func `an answer is judged by what was offered`(_ offer: String, _ answer: String, _ rows: [String]) throws {
        let offers = try #require(ExtensionElement.list(offer))
        let answers = try #require(ExtensionElement.list(answer))
        #expect(answers.flatMap { $0.faults(answering: offers).map(\.row) } == rows)
    }
}

import Testing

@testable import WebSocketConformance

struct ExtensionAnswerTests {
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
        let offers = try #require(ExtensionField.parse([offer]))
        let answers = try #require(ExtensionField.parse([answer]))
        #expect(answers.flatMap { $0.faults(answering: offers).map(\.row) } == rows)
    }

    @Test(arguments: [
        ("permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover"),
        (
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
        ),
        (
            "permessage-deflate; server_max_window_bits=10; client_max_window_bits",
            "permessage-deflate; server_max_window_bits=10"
        ),
    ])
    func `the suite answers an offer with the flags in it, which some clients insist on`(
        _ offer: String, _ answer: String
    ) throws {
        let request = "GET / HTTP/1.1\r\nSec-WebSocket-Extensions: \(offer)\r\n\r\n"
        let head = try #require(HTTPHead.parse(Array(request.utf8)[...]))
        #expect(try #require(ClientOffer(head)).answer(to: DeflateWish()) == answer)
    }
}

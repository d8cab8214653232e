import Testing

@testable import WebSocketConformance

/// The ABNF of RFC 6455 §9.1.
struct ExtensionFieldTests {
    @Test func `lists of extensions are read, over several fields`() {
        let fields = ExtensionField.parse([" a ; b=1;c = \"d\" , e", "f;g"])
        #expect(
            fields == [
                ExtensionField(name: "a", parameters: [("b", "1"), ("c", "d")]), ExtensionField(name: "e"),
                ExtensionField(name: "f", parameters: [("g", nil)]),
            ])
    }

    @Test(
        arguments: [
            "", ",", "a,", ",a", "a;", ";a", "a;=b", "a;b=", "a b", "a;b c", "a=b", "a;b=\"c", "a;b=\"c d\"",
            "a;b=\"\"",
            "a;b=\"c\\", "a\u{1}", "é", "a;b=\"c\"d", "a;;b",
        ])
    func `what does not follow the ABNF is refused`(text: String) {
        #expect(ExtensionField.parse([text]) == nil)
    }

    @Test(
        arguments: [
            "", "client_max_window_bits", "client_max_window_bits=8", "server_max_window_bits=15",
            "server_no_context_takeover; client_no_context_takeover", "server_max_window_bits=\"10\"",
        ])
    func `an offer by RFC 7692 is fine`(parameters: String) {
        #expect(
            ExtensionField.parse(["permessage-deflate" + (parameters.isEmpty ? "" : ";") + parameters])?[0].deflateFault
                == nil)
    }

    @Test(
        arguments: [
            "x", "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
            "client_max_window_bits=08", "client_max_window_bits=+9", "server_no_context_takeover=1",
            "client_no_context_takeover; client_no_context_takeover",
        ])
    func `an offer against RFC 7692 is found out`(parameters: String) {
        #expect(ExtensionField.parse(["permessage-deflate;" + parameters])?[0].deflateFault != nil)
    }
}

/// Opening handshake, client under test (RFC 6455 §3, §4.1; RFC 9110 §15.2).
enum HandshakeClientCases {
    static let all: [Case] =
        ClientRequestCases.all + ClientURLCases.all + ClientAnswerCases.all + ClientRefusalCases.all
        + ClientDialingCases.all + ClientHostileCases.all
}

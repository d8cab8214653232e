/// The first flight of a TLS client, as far as the suite looks at it (RFC 8446 §4.1.2, RFC 6066 §3).
struct ClientHello: Sendable, Equatable {
    /// The host that is asked for (SNI); nil without one.
    var serverName: String?
    /// The application protocols that are offered (RFC 7301).
    var applicationProtocols: [String] = []
    /// The versions of TLS that are offered: 0x0303 for 1.2, 0x0304 for 1.3.
    var versions: [Int] = []

    /// Reads records; nil when they hold no whole ClientHello.
    init?(_ octets: [UInt8]) {
        var input = Input(octets[...])
        var handshake: [UInt8] = []
        // It may be spread over records.
        while let type = input.number(1), type == 22, input.number(2) != nil, let fragment = input.vector(2) {
            handshake += fragment
        }
        var message = Input(handshake[...])
        guard message.number(1) == 1, let body = message.vector(3) else { return nil }
        var hello = Input(body)
        // Version, random, session, suites, compression.
        guard let version = hello.number(2), hello.take(32) != nil, hello.vector(1) != nil, hello.vector(2) != nil,
            hello.vector(1) != nil
        else {
            return nil
        }
        versions = [version]
        guard let extensions = hello.vector(2) else { return }
        var rest = Input(extensions)
        while let type = rest.number(2), let content = rest.vector(2) {
            switch type {
            case 0: serverName = Self.name(content)
            // It counts alone where it is there (RFC 8446 §4.2.1).
            case 43: versions = Self.versions(content)
            case 16: applicationProtocols = Self.protocols(content)
            default: continue
            }
        }
    }

    private static func name(_ content: ArraySlice<UInt8>) -> String? {
        var list = Input(content)
        guard let names = list.vector(2) else { return nil }
        var first = Input(names)
        guard first.number(1) == 0, let name = first.vector(2) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }

    private static func versions(_ content: ArraySlice<UInt8>) -> [Int] {
        var list = Input(content)
        var rest = Input(list.vector(1) ?? [])
        var versions: [Int] = []
        while let version = rest.number(2) { versions.append(version) }
        return versions
    }

    private static func protocols(_ content: ArraySlice<UInt8>) -> [String] {
        var list = Input(content)
        guard let names = list.vector(2) else { return [] }
        var rest = Input(names)
        var protocols: [String] = []
        while let name = rest.vector(1) { protocols.append(String(decoding: name, as: UTF8.self)) }
        return protocols
    }

    /// Takes numbers and vectors off octets; nil when there are too few.
    private struct Input {
        var octets: ArraySlice<UInt8>

        init(_ octets: ArraySlice<UInt8>) { self.octets = octets }

        mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard octets.count >= count else { return nil }
            defer { octets = octets.dropFirst(count) }
            return octets.prefix(count)
        }

        mutating func number(_ count: Int) -> Int? { take(count)?.reduce(0) { $0 << 8 | Int($1) } }

        /// What a length of `count` octets stands before.
        mutating func vector(_ count: Int) -> ArraySlice<UInt8>? {
            let before = octets
            guard let length = number(count), let content = take(length) else {
                octets = before
                return nil
            }
            return content
        }
    }
}

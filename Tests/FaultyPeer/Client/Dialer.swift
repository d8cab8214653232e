import Synchronization

/// Opens WebSockets, by blocking calls.
struct Dialer {
    let fault: Fault?

    /// Milliseconds from the call to the server's 101.
    private static let handshakeTimeout: UInt64 = 10_000
    /// RFC 9110 §15.2 lets a server send any number of interim responses; more than these are an attack.
    private static let interimResponses = 16

    /// What `dial` came to.
    struct Dialled {
        let session: Session
        let agreement: ClientHandshake.Agreement
    }

    /// Opens a WebSocket; `run` its session.
    ///
    /// - Parameter connected: called with the TCP connection as soon as it stands; may abandon it.
    func dial(
        _ url: String, _ options: DialOptions, handler: any SessionHandler, connected: (Channel) -> Void = { _ in }
    ) throws(DialError) -> Dialled {
        try options.check(fault: fault)
        let address = try Address(url, fault: fault)
        let deadline = Instant.after(milliseconds: Self.handshakeTimeout)
        let channel = try connect(to: address, options, until: deadline)
        connected(channel)
        let handshake = ClientHandshake(address, options, fault: fault)
        var octets = handshake.request
        if fault == .frameBefore101 { octets += [0x89, 0x80, 0x12, 0x34, 0x56, 0x78] }
        guard (try? channel.send(octets, until: deadline)) != nil else {
            throw .answer("the connection ended during the handshake")
        }
        let inbound = Inbound(channel)
        let head = try finalHead(inbound, until: deadline)
        let agreement: ClientHandshake.Agreement
        do throws(DialError) {
            agreement = try handshake.check(head)
        } catch {
            if fault == .frameAfterBadAnswer { try? channel.send([0x88, 0x80, 1, 2, 3, 4], until: deadline) }
            throw error
        }
        if fault == .bodyIn101Swallowed { inbound.take(Int(head.values("Content-Length").first ?? "") ?? 0) }
        if fault == .firstFrameLost { inbound.discard() }
        let session = Session(
            .client, channel, inbound, agreement: agreement.deflate, settings: options.settings, fault: fault,
            handler: handler)
        return Dialled(session: session, agreement: agreement)
    }

    private func connect(
        to address: Address, _ options: DialOptions, until deadline: Instant
    ) throws(DialError) -> Channel {
        do {
            let descriptor = try connectTCP(host: address.authority.host, port: address.port, until: deadline)
            guard address.isSecure, fault != .clearTextForSecure else { return Channel(descriptor) }
            let context = try TLSContext(authorities: options.authorities, fault: fault)
            let session = TLSSession(context, descriptor: descriptor)
            session?.expectServer(address.authority.host, fault: fault)
            let channel = Channel(descriptor, tls: session)
            guard session != nil else { throw DialFailure(description: "OpenSSL has no memory") }
            try channel.secure(until: deadline)
            return channel
        } catch {
            throw .connect("\(error)")
        }
    }

    /// Reads responses until one is not interim, and returns it if it is a 101.
    private func finalHead(_ inbound: Inbound, until deadline: Instant) throws(DialError) -> Head {
        var reader = HeadReader(inbound, .response, fault: fault)
        var interim = 0
        while true {
            let head: Head
            do throws(HeadError) {
                let isEach = fault == .interimUnlimited
                head = try reader.read(until: isEach ? .after(milliseconds: Self.handshakeTimeout) : deadline)
            } catch {
                throw Self.dialError(error, fault)
            }
            let status = try Self.status(head.startLine, fault)
            if status == 101 || fault == .anyStatusAccepted { return head }
            if fault == .anySuccessAccepted, 200..<300 ~= status { return head }
            guard 100..<200 ~= status, fault != .interimRefused else {
                if fault == .redirectFollowed, let location = head.values("Location").first {
                    try follow(location, until: deadline)
                }
                throw .status(status)
            }
            interim += 1
            guard interim <= Self.interimResponses || fault == .interimUnlimited else {
                throw .answer("the server sent too many interim responses")
            }
        }
    }

    /// Connects to where a response points, as a careless client does.
    private func follow(_ location: String, until deadline: Instant) throws(DialError) {
        let url = location.hasPrefix("http") ? "ws" + location.dropFirst(4) : location
        let address = try Address(url, fault: fault)
        let channel = try connect(to: address, DialOptions(), until: deadline)
        let handshake = ClientHandshake(address, DialOptions(), fault: fault)
        try? channel.send(handshake.request, until: deadline)
        _ = try finalHead(Inbound(channel), until: deadline)
    }

    private static func dialError(_ error: HeadError, _ fault: Fault?) -> DialError {
        switch error {
        case .malformed(let reason):
            if fault == .crashOnGarbage { Fault.crash() }
            return .answer(reason)
        case .startLineTooLong, .tooLarge: return .answer("the answer is too long")
        case .timedOut: return .answer("the server did not answer in time")
        case .ended:
            if fault == .endDuringHandshakeNotNoticed { pause(milliseconds: 20_000) }
            return .answer("the connection ended during the handshake")
        }
    }

    /// `HTTP/1.1 SP 3DIGIT [SP reason]` (RFC 9112 §4); the space before an empty reason may be missing.
    private static func status(_ line: [UInt8], _ fault: Fault?) throws(DialError) -> Int {
        let words = line.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false).map(\.text)
        guard words.count >= 2, words[1].utf8.count == 3, words[1].utf8.allSatisfy(\.isDigit),
            let status = Int(words[1]), 100..<600 ~= status, words[0].hasPrefix("HTTP/") || fault == .anyProtocolName
        else { throw .answer("the status line is malformed") }
        if fault == .reasonCompulsory, words.count < 3 || words[2] != "Switching Protocols", status == 101 {
            throw .answer("the reason is not known")
        }
        guard words[0] == "HTTP/1.1" || status >= 200 || fault == .anyHTTPVersion || fault == .anyProtocolName else {
            throw .answer("the answer is not in HTTP/1.1")
        }
        return status
    }
}

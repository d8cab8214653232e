/// One connection of a server, from its first octet to its last, on the calling thread.
struct ServerConnection {
    let channel: Channel
    let endpoints: Endpoints
    let sessions: OpenSessions
    let fault: Fault?

    /// Milliseconds from the connection, or from the answer to an ordinary request, to the end of the next head.
    private static let handshakeTimeout: UInt64 = 10_000

    func serve() {
        let inbound = Inbound(channel)
        do throws(ChannelError) {
            try channel.secure(until: .after(milliseconds: Self.handshakeTimeout))
        } catch {
            return
        }
        var reader = HeadReader(inbound, .request, fault: fault)
        while true {
            do throws(HeadError) {
                let head = try reader.read(until: .after(milliseconds: Self.handshakeTimeout))
                guard try serve(head, inbound) else { return }
            } catch {
                return refuse(error, inbound)
            }
        }
    }

    /// Returns whether another request may follow.
    private func serve(_ head: Head, _ inbound: Inbound) throws(HeadError) -> Bool {
        do throws(Refusal) {
            switch try RequestCheck.check(head, fault: fault) {
            case .ordinary(let line):
                let answer = endpoints.answer(line)
                // Octets behind a request are not asked to wait.
                guard answer.keepsAlive, inbound.count == 0, !head.lists("close", in: "Connection"),
                    !head.has("Upgrade")
                else { throw answer }
                try? channel.send(answer.octets(fault: fault), until: .after(milliseconds: 5000))
                return true
            case .upgrade(let request):
                try open(request, inbound)
                return false
            }
        } catch {
            refuse(error, inbound)
            return false
        }
    }

    private func open(_ request: UpgradeRequest, _ inbound: Inbound) throws(Refusal) {
        let admission = try endpoints.admit(request)
        var answer: String?
        var agreement: DeflateAgreement?
        if admission.compresses || fault == .unknownExtensionEchoed {
            if let agreed = DeflateNegotiation.accept(request.extensions, fault: fault) {
                answer = agreed.answer
                agreement = admission.compresses ? agreed.agreement : nil
            }
        }
        let octets = Acceptance.octets(
            for: request, subprotocol: admission.subprotocol, extensions: answer, fault: fault)
        // As code does that throws the buffer of the handshake away.
        if fault == .firstFrameLost { inbound.discard() }
        let session = Session(
            .server, channel, inbound, agreement: agreement, settings: admission.settings, fault: fault,
            handler: FixtureHandler(admission.behaviour, fault: fault))
        sessions.add(session)
        defer { sessions.remove(session) }
        guard (try? channel.send(octets, until: .after(milliseconds: 5000))) != nil else { return }
        session.run()
    }

    private func refuse(_ error: HeadError, _ inbound: Inbound) {
        switch error {
        case .malformed(let sentence):
            if fault == .crashOnGarbage { Fault.crash() }
            refuse(Refusal(400, sentence), inbound)
        case .startLineTooLong:
            if fault == .longTargetDropped { return }
            refuse(Refusal(414, "The request line is too long."), inbound)
        case .tooLarge:
            if fault == .longHeadersDropped { return }
            refuse(Refusal(431, "The headers are too long or too many."), inbound)
        case .timedOut: refuse(Refusal(408, "The opening handshake took too long."), inbound)
        case .ended(let isMidway):
            if isMidway, fault == .crashOnHalfRequest { Fault.crash() }
            if fault == .descriptorsLeaked { _ = Unmanaged.passRetained(channel) }
        }
    }

    /// Answers, and never looks at what follows: neither as a request nor as frames.
    private func refuse(_ refusal: Refusal, _ inbound: Inbound) {
        if fault == .refusalWithoutAnswer { return }
        guard (try? channel.send(refusal.octets(fault: fault), until: .after(milliseconds: 5000))) != nil else {
            return
        }
        if fault == .framesAfterRefusal {
            let session = Session(
                .server, channel, inbound, agreement: nil, settings: SessionSettings(), fault: fault,
                handler: FixtureHandler(.echo, fault: fault))
            return session.run()
        }
        channel.finish()
        // Octets that nobody read would turn our FIN into a RST, and the answer might be lost with it.
        let deadline = Instant.after(milliseconds: 2000)
        inbound.discard()
        while .now < deadline, case .octets = inbound.fill(until: deadline) {}
    }
}

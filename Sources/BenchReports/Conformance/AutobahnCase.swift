import BenchResults

/// One case in the form of Autobahn's detail files, read out of the wire log.
struct AutobahnCase {
    let value: JSONValue

    /// - Parameter number: of the case in its run, from 1.
    init(_ found: CaseResult, of result: ConformanceResult, agent: String, number: Int) {
        let log = found.wire ?? WireLog()
        let traffic = WireTraffic(log)
        let frames = traffic.frames
        let isServer = result.subject.role == .client
        let sentClose = frames.first { $0.isSent && $0.opcode == 8 }
        let receivedClose = frames.first { !$0.isSent && $0.opcode == 8 }
        let kinds = log.entries.map(\.kind)
        value = .object([
            ("agent", .string(agent)), ("behavior", .string(AutobahnReport.behavior(found))),
            ("behaviorClose", .string(AutobahnReport.close(found))), ("case", .integer(number)),
            ("closedByMe", .boolean(Self.isFirst(sentClose, in: frames))), ("createStats", .boolean(true)),
            ("createWirelog", .boolean(found.wire != nil)),
            ("description", .string("\(found.title). \(found.requirement)")),
            ("droppedByMe", .boolean(found.close == .droppedBySuite || kinds.contains(.reset))),
            ("duration", .integer(found.duration)),
            ("expectation", .string(found.expected.joined(separator: "; "))),
            ("expected", .object([("OK", .strings(found.expected.prefix(1)))] + Self.lenient(found))),
            (
                "expectedClose",
                .object([
                    ("closeCode", .array([])), ("closedByMe", .boolean(Self.isFirst(sentClose, in: frames))),
                    ("requireClean", .boolean(false)),
                ])
            ),
            ("failedByMe", .boolean((sentClose?.closeCode).map { $0 != 1000 } ?? false)),
            ("httpRequest", .string(traffic.head(isSent: !isServer))),
            ("httpResponse", .string(traffic.head(isSent: isServer))), ("id", .string(found.id)),
            ("isServer", .boolean(isServer)), ("localCloseCode", .optional(sentClose?.closeCode)),
            ("localCloseReason", .optional(Self.reason(sentClose))),
            ("received", .array(frames.filter { !$0.isSent && $0.opcode != 8 }.map(Self.event))),
            ("remoteCloseCode", .optional(found.remoteCloseCode)),
            ("remoteCloseReason", .optional(Self.reason(receivedClose))), ("reportCompressionRatio", .boolean(false)),
            ("reportTime", .boolean(false)), ("result", .string(found.explanation)),
            ("resultClose", .string(found.close?.rawValue ?? "")),
            ("rxFrameStats", Self.frameCounts(frames, isSent: false)),
            ("rxOctetStats", Self.octetCounts(log, .received)), ("started", .string(result.started)),
            ("trafficStats", .null), ("txFrameStats", Self.frameCounts(frames, isSent: true)),
            ("txOctetStats", Self.octetCounts(log, .sent)),
            ("wasClean", .boolean(sentClose != nil && receivedClose != nil && kinds.contains(.peerFinished))),
            ("wasCloseHandshakeTimeout", .boolean(found.close == .fail)),
            ("wasNotCleanReason", found.close == .unclean ? .string(found.explanation) : .null),
            (
                "wasOpenHandshakeTimeout",
                .boolean(found.behavior == .timeout && traffic.head(isSent: isServer).isEmpty)
            ),
            ("wasServerConnectionDropTimeout", .boolean(found.close == .droppedBySuite)),
            ("wirelog", .array(Self.log(log, traffic))),
        ])
    }

    private static func isFirst(_ close: WireTraffic.Frame?, in frames: [WireTraffic.Frame]) -> Bool {
        close != nil && frames.first { $0.opcode == 8 }?.isSent == true
    }

    private static func lenient(_ found: CaseResult) -> [(key: String, value: JSONValue)] {
        found.expected.count > 1 ? [("NON-STRICT", .strings(found.expected.dropFirst()))] : []
    }

    private static func reason(_ close: WireTraffic.Frame?) -> String? {
        guard let close, close.payload.count > 2 else { return nil }
        return String(decoding: close.payload.dropFirst(2), as: UTF8.self)
    }

    /// `["pong", "0x00ff"]`: octets as digits, since a log does not tell what a fragment is part of.
    private static func event(_ frame: WireTraffic.Frame) -> JSONValue {
        let name =
            switch frame.opcode {
            case 9: "ping"
            case 10: "pong"
            default: "message"
            }
        return .array([.string(name), .string(digits(frame))])
    }

    private static func digits(_ frame: WireTraffic.Frame) -> String {
        "0x" + HexText.text(frame.payload) + (frame.length > UInt64(frame.payload.count) ? " ..." : "")
    }

    private static func frameCounts(_ frames: [WireTraffic.Frame], isSent: Bool) -> JSONValue {
        var counts: [UInt8: Int] = [:]
        for frame in frames where frame.isSent == isSent { counts[frame.opcode, default: 0] += 1 }
        return .object(counts.map { ("\($0.key)", .integer($0.value)) })
    }

    /// How many sends or receives had which size.
    private static func octetCounts(_ log: WireLog, _ kind: WireLog.Kind) -> JSONValue {
        var counts: [Int: Int] = [:]
        for entry in log.entries where entry.kind == kind { counts[entry.length, default: 0] += 1 }
        return .object(counts.map { ("\($0.key)", .integer($0.value)) })
    }

    /// Autobahn shows the first octets of a write.
    private static let shownDigits = 128

    private static func log(_ log: WireLog, _ traffic: WireTraffic) -> [JSONValue] {
        traffic.events.map { event in
            switch event {
            case .octets(let index):
                let entry = log.entries[index]
                let isCut = entry.octets.utf8.count > shownDigits
                let digits = String(entry.octets.prefix(shownDigits)) + (isCut ? " ..." : "")
                let octets = JSONValue.array([.integer(entry.length), .string(digits)])
                return .array(
                    entry.kind == .sent ? [.string("TO"), octets, .boolean(false)] : [.string("RO"), octets])
            case .frame(let frame):
                let payload = JSONValue.array([.integer(Int(clamping: frame.length)), .string(digits(frame))])
                let head = [
                    payload, .integer(Int(frame.opcode)), .boolean(frame.isFinal), .integer(Int(frame.reservedBits)),
                ]
                let key = frame.maskingKey.map { JSONValue.string(HexText.text($0)) }
                return frame.isSent
                    ? .array([.string("TF")] + head + [key ?? .null, .null, .null, .boolean(false)])
                    : .array([.string("RF")] + head + [.boolean(key != nil), key ?? .null])
            }
        }
    }
}

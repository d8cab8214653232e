/// The first line and the headers of a request or response, without line ends.
struct Head {
    struct Field {
        let name: String
        let value: String
    }

    var startLine: [UInt8] = []
    var fields: [Field] = []

    /// The values of all headers of a name.
    func values(_ name: String) -> [String] { fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value) }

    func has(_ name: String) -> Bool { !values(name).isEmpty }

    /// The elements of a list that may be spread over several headers; empty ones do not count (RFC 9110 §5.6.1).
    func elements(_ name: String) -> [String] { values(name).flatMap(Self.elements) }

    static func elements(_ value: String) -> [String] {
        value.octets.split(separator: 0x2C).map { $0.trimmed.text }.filter { !$0.isEmpty }
    }

    func lists(_ element: String, in name: String) -> Bool {
        elements(name).contains { $0.equalsIgnoringCase(element) }
    }
}

/// What makes octets no head.
enum HeadError: Error, Equatable {
    case malformed(String)
    case startLineTooLong
    case tooLarge
    case timedOut
    /// FIN or RST. `isMidway` when part of a head had come.
    case ended(isMidway: Bool)
}

/// Limits of a head: 8 KiB for the first line, 16 KiB a header, 100 headers, 64 KiB in all.
enum HeadLimits {
    static let startLine = 8 << 10
    static let line = 16 << 10
    static let fields = 100
    static let total = 64 << 10
}

/// Reads heads from what arrives, strictly (RFC 9112): CRLF only, no folding, tokens as names.
struct HeadReader {
    enum Kind { case request, response }

    let inbound: Inbound
    let kind: Kind
    let fault: Fault?
    private var total = 0
    private var hasBegun = false

    init(_ inbound: Inbound, _ kind: Kind, fault: Fault?) {
        self.inbound = inbound
        self.kind = kind
        self.fault = fault
    }

    mutating func read(until deadline: Instant) throws(HeadError) -> Head {
        total = 0
        hasBegun = false
        var head = Head()
        let limit = fault == .headUnlimited ? Int.max : HeadLimits.startLine
        head.startLine = try line(until: deadline, limit: limit, isFirst: true)
        // One empty line before a request is ignored (RFC 9112 §2.2).
        if head.startLine.isEmpty, kind == .request, fault != .emptyLineRefused {
            head.startLine = try line(until: deadline, limit: limit, isFirst: true)
        }
        guard !head.startLine.isEmpty else { throw .malformed("There is no start line.") }
        while true {
            let line = try line(until: deadline, limit: limit == .max ? .max : HeadLimits.line, isFirst: false)
            if line.isEmpty { return head }
            guard head.fields.count < HeadLimits.fields || fault == .headUnlimited else {
                if fault == .crashOnManyHeaders { Fault.crash() }
                throw .tooLarge
            }
            try append(line, to: &head)
        }
    }

    private func append(_ line: [UInt8], to head: inout Head) throws(HeadError) {
        if line[0].isBlank, fault == .foldedLineAsHeader, let colon = line.firstIndex(of: 0x3A) {
            head.fields.append(.init(name: line[..<colon].trimmed.text, value: line[(colon + 1)...].trimmed.text))
            return
        }
        guard let colon = line.firstIndex(of: 0x3A) else {
            if fault == .lineWithoutColonIgnored { return }
            throw .malformed("A header line has no colon.")
        }
        var name = line[..<colon]
        if fault == .spaceBeforeColonAccepted { name = name.trimmed }
        guard !name.isEmpty, name.allSatisfy(\.isToken) || fault == .headerNamesUnchecked && !name[0].isBlank else {
            throw .malformed("A header's name is no token.")
        }
        var value = line[(colon + 1)...].trimmed
        if fault == .valuesUntrimmed {
            value = line[(colon + 1)...]
            if value.first == 0x20 { value = value.dropFirst() }
        }
        if fault == .crashOnRepeatedHeader, head.fields.contains(where: { $0.name.equalsIgnoringCase(name.text) }) {
            Fault.crash()
        }
        head.fields.append(.init(name: name.text, value: value.text))
    }

    /// The next line without its CRLF, refused at the first octet that cannot be part of it.
    private mutating func line(until deadline: Instant, limit: Int, isFirst: Bool) throws(HeadError) -> [UInt8] {
        var line: [UInt8] = []
        while true {
            let octet = try octet(until: deadline)
            if octet == 0x0D {
                guard try self.octet(until: deadline) == 0x0A else { throw .malformed("A CR has no LF.") }
                return line
            }
            guard octet != 0x0A else {
                throw .malformed("An LF has no CR.")
            }
            let isAllowed = isFirst && kind == .request ? octet.isVisible || octet == 0x20 : octet.isFieldContent
            let isControlAllowed = fault == .controlsInValuesAccepted && !isFirst
            guard isAllowed || isControlAllowed || isFirst && fault == .anyRequestTarget else {
                throw .malformed("A control character is in the head.")
            }
            guard line.count < limit else { throw isFirst ? .startLineTooLong : .tooLarge }
            line.append(octet)
        }
    }

    private mutating func octet(until deadline: Instant) throws(HeadError) -> UInt8 {
        guard total < HeadLimits.total || fault == .headUnlimited else { throw .tooLarge }
        total += 1
        while true {
            if let octet = inbound.takeOctet() {
                hasBegun = true
                return octet
            }
            // As code does that takes the first read for the whole head.
            if hasBegun, fault == .headInOneSegment { throw .malformed("The head is not complete.") }
            switch inbound.fill(until: fault == .noHandshakeTimeout ? nil : deadline) {
            case .octets: continue
            case .timedOut: throw .timedOut
            case .finished, .truncated, .reset: throw .ended(isMidway: hasBegun)
            }
        }
    }
}

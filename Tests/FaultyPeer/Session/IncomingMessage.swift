/// A message whose frames are still arriving.
struct IncomingMessage {
    let kind: MessageKind
    let isCompressed: Bool
    /// A fault's: frames that are read and thrown away.
    var isIgnored = false
    /// Inflated, if it was compressed.
    var payload: [UInt8] = []
    /// What its frames have declared so far.
    var declared = 0
    var fragments = 0
    /// A fault's: what it keeps for each of them.
    var buffers: [[UInt8]] = []
    var check: UTF8Check

    init(kind: MessageKind, isCompressed: Bool, fault: Fault?) {
        self.kind = kind
        self.isCompressed = isCompressed
        check = UTF8Check(fault: fault)
    }

    init(ignored: Void, fault: Fault?) {
        self.init(kind: .binary, isCompressed: false, fault: fault)
        isIgnored = true
    }
}

import Foundation
import Synchronization

extension Session {
    /// Hands a whole message to the application.
    func deliver(_ payload: [UInt8], _ kind: MessageKind) {
        messageCount += 1
        var payload = payload
        switch fault {
        case .emptyMessagesDropped where payload.isEmpty: return
        case .byteOrderMarkRemoved where kind == .text && payload.starts(with: [0xEF, 0xBB, 0xBF]):
            payload.removeFirst(3)
        case .textNormalised where kind == .text:
            payload = Array(String(decoding: payload, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
        case .stallsOthersWithLargeMessages where payload.count >= 1 << 20:
            return OneAtATime.lock.withLock { _ in
                pause(milliseconds: 1500)
                handler.received(payload, kind, on: self)
            }
        case .stallsOthersWithLargeMessages: OneAtATime.lock.withLock { _ in }
        case .everyTenthMessageLate where messageCount % 10 == 0 && heldMessage == nil && inbound.count > 0:
            heldMessage = (payload, kind)
            return
        default: break
        }
        handler.received(payload, kind, on: self)
        if let (payload, kind) = heldMessage {
            heldMessage = nil
            handler.received(payload, kind, on: self)
        }
    }
}

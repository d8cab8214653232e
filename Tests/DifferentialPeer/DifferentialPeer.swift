import Foundation
import Glibc

/// Our codec as one side of the conversations of `Tests/Differential`: a request a line on standard input, an answer a
/// line on standard output, both JSON. `peer_websockets.py` and `peer_node_ws.js` speak the same.
@main
enum DifferentialPeer {
    static func main() {
        let decoder = JSONDecoder()
        let encoder = JSONEncoder()
        var side: Side?
        while let line = readLine() {
            var answer = Answer()
            do {
                let request = try decoder.decode(Request.self, from: Data(line.utf8))
                if let settings = request.begin { side = try Side(settings, into: &answer) }
                guard let side else { throw Fault("nothing has begun") }
                for piece in request.receive ?? [] { try side.receive(piece, into: &answer) }
                if let steps = request.send { try side.send(steps, into: &answer) }
            } catch {
                answer.events.append(Event(kind: .error, octets: Data("\(error)".utf8)))
            }
            do {
                try FileHandle.standardOutput.write(contentsOf: encoder.encode(answer) + [UInt8(ascii: "\n")])
            } catch {
                // Nobody listens any more.
                exit(1)
            }
        }
    }
}

/// What this side could not do; to the driver it is a difference like any other.
struct Fault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

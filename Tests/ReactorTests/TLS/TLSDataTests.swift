import COpenSSL
import CTestOpenSSL
import TestTLS
import Testing

@testable import Reactor

/// What happens on a connection whose handshake is over.
struct TLSDataTests {
    private static let sizes = [1, 20, 16 * 1024, 16 * 1024 + 1, 300_000, 2 << 20]

    @Test(arguments: TLSVersion.allCases, sizes)
    func `every octet arrives, in both directions`(version: TLSVersion, size: Int) throws {
        let pair = try Pair(version)
        let sent = pattern(size)
        for (from, to) in [(pair.client, pair.server), (pair.server, pair.client)] {
            let before = to.received.count
            _ = to.take(try from.write(sent))
            #expect(difference(Array(to.received[before...]), sent) == nil)
            #expect(to.failure == nil && !to.hasEnded)
        }
    }

    @Test(arguments: TLSVersion.allCases, [1, 100, 16 * 1024])
    func `records of any size arrive, cut anywhere`(version: TLSVersion, record: Int) throws {
        let seed = UInt64(record)
        let pair = try Pair(version)
        var random = SeededRandom(seed: seed)
        let sent = random.bytes(record == 1 ? 500 : 50_000)
        var ciphertext = try pair.client.write(sent, record: record)
        while !ciphertext.isEmpty {
            let count = min(ciphertext.count, 1 + Int(random.next() % 700))
            #expect(pair.server.take(Array(ciphertext[..<count])).isEmpty)
            ciphertext.removeFirst(count)
        }
        #expect(difference(pair.server.received, sent) == nil, "seed \(seed)")
    }

    @Test(arguments: TLSVersion.allCases)
    func `octets that arrive one by one come out as soon as their record is whole`(version: TLSVersion) throws {
        let pair = try Pair(version)
        let ciphertext = try pair.client.write(Array("first".utf8)) + pair.client.write(Array("second".utf8))
        var arrived = 0
        var changes: [Int] = []
        for octet in ciphertext {
            _ = pair.server.take([octet])
            if pair.server.received.count != arrived {
                arrived = pair.server.received.count
                changes.append(arrived)
            }
        }
        #expect(changes == [5, 11])
    }

    @Test(arguments: TLSVersion.allCases)
    func `the end of one direction is told, and the other one goes on`(version: TLSVersion) throws {
        let pair = try Pair(version)
        _ = pair.server.take(try pair.client.write([1, 2, 3]) + pair.client.finishWriting())
        #expect(pair.server.received == [1, 2, 3])
        #expect(pair.server.hasEnded)
        _ = pair.client.take(try pair.server.write([4, 5]))
        #expect(pair.client.received == [4, 5] && !pair.client.hasEnded)
        _ = pair.client.take(pair.server.finishWriting())
        #expect(pair.client.hasEnded && pair.client.failure == nil)
    }

    @Test func `what comes after the end is not read`() throws {
        let pair = try Pair(.tls13)
        let end = pair.client.finishWriting()
        _ = pair.server.take(end + [UInt8](repeating: 9, count: 100))
        #expect(pair.server.hasEnded && pair.server.received.isEmpty && pair.server.failure == nil)
    }

    // MARK: - In the middle of things

    @Test(arguments: [SSL_KEY_UPDATE_REQUESTED, SSL_KEY_UPDATE_NOT_REQUESTED])
    func `new keys are not noticed`(kind: Int32) throws {
        let pair = try Pair(.tls13)
        for (from, to) in [(pair.client, pair.server), (pair.server, pair.client)] {
            for round in 0..<3 {
                #expect(SSL_key_update(from.session.pointer, kind) == 1)
                let sent = pattern(1000, seed: UInt64(round))
                let before = to.received.count
                let answer = to.take(try from.write(sent))
                #expect(difference(Array(to.received[before...]), sent) == nil)
                // The answer may come with the next write instead.
                _ = from.take(try answer + to.write([1]))
                #expect(from.failure == nil && to.failure == nil)
            }
        }
    }

    @Test func `a second handshake is refused, and the connection goes on`() throws {
        let pair = try Pair(.tls12)
        let client = pair.client.session.pointer
        ctest_allow_renegotiation(client)
        #expect(SSL_renegotiate(client) == 1)
        #expect(pair.client.session.handshake() == .needsInput)
        let refusal = pair.server.take(pair.client.takeOutput())
        #expect(!refusal.isEmpty && pair.server.failure == nil)
        // The client gives up then, as OpenSSL has it.
        _ = pair.client.take(refusal)
        #expect(pair.client.failure != nil)
        _ = try pair.server.write([1, 2, 3])
    }

    @Test func `a server's wish for a second handshake is refused too`() throws {
        let pair = try Pair(.tls12)
        let server = pair.server.session.pointer
        ctest_allow_renegotiation(server)
        #expect(SSL_renegotiate(server) == 1)
        _ = pair.server.session.handshake()
        _ = pair.client.take(pair.server.takeOutput())
        _ = pair.server.take(try pair.client.write([7]))
        #expect(pair.client.failure == nil)
        #expect(pair.server.received == [7] || pair.server.failure != nil)
    }

    // MARK: - Faults

    @Test(arguments: TLSVersion.allCases, [11, 20_261_123])
    func `a damaged record ends the connection, with what came before it`(version: TLSVersion, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for round in 0..<40 {
            let pair = try Pair(version)
            let good = try pair.client.write(Array("good".utf8))
            var bad = try pair.client.write(Array("damaged".utf8))
            let index = Int(random.next() % UInt64(bad.count))
            bad[index] ^= UInt8(1 + random.next() % 255)
            // Enough that a record made longer is complete.
            let answer = pair.server.take(good + bad + [UInt8](repeating: 0, count: 70_000))
            #expect(pair.server.received == Array("good".utf8), "seed \(seed), round \(round)")
            guard case .violation = pair.server.failure else {
                Issue.record("\(String(describing: pair.server.failure)), seed \(seed), round \(round)")
                continue
            }
            // The alert that says so.
            _ = pair.client.take(answer)
            guard case .alert = pair.client.failure else {
                Issue.record("\(String(describing: pair.client.failure)), seed \(seed), round \(round)")
                continue
            }
        }
    }

    @Test(arguments: TLSVersion.allCases)
    func `a repeated record is refused`(version: TLSVersion) throws {
        let pair = try Pair(version)
        let record = try pair.client.write([1, 2, 3])
        _ = pair.server.take(record + record)
        #expect(pair.server.received == [1, 2, 3])
        guard case .violation = pair.server.failure else { throw Unexpected(pair.server.failure as Any) }
    }

    @Test func `more than the exchange holds is taken in steps`() throws {
        let pair = try Pair(.tls13)
        let sent = pattern(TLSExchange.outputCapacity * 2)
        var rest = sent[...]
        var steps = 0
        // Nothing is taken out until there is no room.
        while !rest.isEmpty {
            switch rest.withUnsafeBytes({ pair.client.session.write($0) }) {
            case .written(let count): rest = rest.dropFirst(count)
            case .needsRoom:
                steps += 1
                _ = pair.server.take(pair.client.takeOutput())
            case .failed(let error): throw error
            }
        }
        _ = pair.server.take(pair.client.takeOutput())
        #expect(steps >= 2)
        #expect(difference(pair.server.received, sent) == nil)
    }
}

import BenchResults
import Foundation
import Testing
import WebSocketConformance

@testable import faulty_peer

struct FaultTableTests {
    @Test func `every fault has a name of its own, in lower case with hyphens`() {
        #expect(Set(Fault.all.map(\.name)).count == Fault.all.count)
        for fault in Fault.all {
            #expect(fault.name.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(fault.name)")
            #expect(Fault.named(fault.name) == fault)
        }
        #expect(Fault.named("no-such-fault") == nil)
    }

    @Test func `every fault breaks rows that the catalogue has, in a role that they are about`() {
        for fault in Fault.all {
            #expect(!fault.rows.isEmpty, "\(fault.name)")
            let rows = fault.rows.compactMap(Catalogue.row)
            #expect(rows.count == fault.rows.count, "\(fault.line)")
            let roles = rows.reduce(into: Set<CaseRole>()) { $0.formUnion($1.roles) }
            #expect(fault.role == .client || roles.contains(.server), "\(fault.line)")
            #expect(fault.role == .server || roles.contains(.client), "\(fault.line)")
        }
    }

    @Test func `every fault bends a line of the peer`() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("FaultyPeer")
        var code = ""
        var tables = ""
        for case let file as URL in try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            if file.deletingLastPathComponent().lastPathComponent == "Faults" { tables += text } else { code += text }
        }
        let declared = tables.matches(of: /static let (\w+) = Fault\(/).map { String($0.1) }
        #expect(declared.count == Fault.all.count, "a fault is missing in its area's list")
        let used = Set(code.matches(of: /\.(\w+)/).map { String($0.1) })
        for name in declared { #expect(used.contains(name), "\(name) is planted nowhere") }
    }

    @Test func `there are faults in every group and both roles`() {
        let groups = Set(Fault.all.flatMap { $0.rows.compactMap { Catalogue.row($0)?.group } })
        #expect(groups.isSuperset(of: ["H", "H2", "F", "M", "C", "U", "P", "X", "D", "L", "S", "T"]))
        #expect(Fault.all.count >= 100)
        #expect(Set(Fault.all.map(\.role)) == Set(Fault.Role.allCases))
    }
}

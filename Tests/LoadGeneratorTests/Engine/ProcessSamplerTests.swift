import Glibc
import TestSupport
import Testing

@testable import LoadGenerator

extension EngineTests {
    @Suite struct ProcessSamplerTests {
        private let own = ProcessSampler(pid: getpid())

        @Test func `our own process is alive, and what it uses can be read`() throws {
            let sample = own.sample()
            #expect(own.isAlive)
            #expect(try #require(sample.cpu) > 0)
            // A test process with the whole package in it takes some MiB, and no TiB.
            #expect((1 << 20..<1 << 40).contains(Int(try #require(sample.rss))))
            #expect(try #require(sample.descriptors) >= 3)
        }

        @Test func `processor time only grows, and work makes it grow`() throws {
            let before = try #require(own.sample().cpu)
            var generator = SeededGenerator(seed: 1)
            var sum: UInt64 = 0
            for _ in 0..<200_000 { sum &+= generator.next() }
            let after = try #require(own.sample().cpu)
            #expect(after > before, "\(sum)")
        }

        @Test func `memory that is written to is resident`() throws {
            let size = 64 << 20
            let before = try #require(own.sample().rss)
            let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4_096)
            defer { memory.deallocate() }
            memory.initializeMemory(as: UInt8.self, repeating: 1, count: size)
            let after = try #require(own.sample().rss)
            // Other tests of the process free memory meanwhile.
            #expect(after > before + UInt64(size / 2))
        }

        @Test func `open descriptors are counted`() throws {
            let before = try #require(own.sample().descriptors)
            let opened = (0..<200).map { _ in open("/dev/null", O_RDONLY | O_CLOEXEC) }
            defer { for descriptor in opened { close(descriptor) } }
            // Other tests close descriptors meanwhile.
            #expect(try #require(own.sample().descriptors) > before + 100)
        }

        @Test func `a process that never was is not alive, and has nothing to read`() {
            // Above the greatest id that Linux gives away (2^22).
            let nobody = ProcessSampler(pid: 1 << 23)
            #expect(!nobody.isAlive)
            let sample = nobody.sample()
            #expect(sample.cpu == nil)
            #expect(sample.rss == nil)
            #expect(sample.descriptors == nil)
        }

        @Test func `a process that has ended but was not waited for is not alive`() async throws {
            var pid: pid_t = 0
            var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
            defer { free(arguments[0]) }
            try #require(posix_spawnp(&pid, "true", nil, nil, &arguments, environ) == 0)
            let started = pid
            try await bounded("the process to end") {
                while ProcessSampler(pid: started).isAlive { await Task.yield() }
            }
            #expect(kill(pid, 0) == 0, "it is still there, as a zombie")
            var status: Int32 = 0
            #expect(waitpid(pid, &status, 0) == pid)
        }

        @Test func `the kernel tells what all TCP sockets take`() {
            #expect(kernelTCPMemory() != nil)
        }

        @Test func `a file that is not there is nil, a longer one is read as far as a figure may be`() {
            #expect(readSmallFile("/proc/nothing") == nil)
            #expect(readSmallFile("/proc/self/status")?.hasPrefix("Name:") == true)
        }
    }
}

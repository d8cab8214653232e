import BenchResults
import Reactor
import Testing
import WebSocketTransport

@testable import LoadGenerator

@Suite struct ScenarioReaderTests {
    static let everything = """
        # Which keys there are.
        wsbench: 1
        name: everything
        question: How much?
        budget: little
        seed: 18446744073709551615
        vars: { port: "${PORT:-9001}", host: "127.0.0.1:${port}" }
        server:
          start: ./chatd --listen ${host} --name "two words" '${quoted:-a b}'
          ready: { tcp: "${host}", within: 3s }
          sample: { pid: auto, every: 100ms, of: [cpu, tcp_mem] }
        target:
          url: ws://${host}/chat?room=1&user=2
          subprotocols: [chat.v2, chat.v1]
          headers: { authorization: "Bearer ${TOKEN}", x-empty: "" }
          source_ips: [127.0.0.2, "::1"]
        payloads:
          chat: { ndjson: corpus/chat.ndjson, pick: random }
          noise: { random: 512B, compressibility: 0.7, type: text }
          fixed: { text: "no" }
        behaviours:
          open:
            send: { payload: noise, rate: 30/m, arrivals: poisson, max_in_flight: 8 }
            expect: { reply: identical, within: 2s, as: answer }
            ping: { every: 25s, within: 1s, as: pong }
          closed:
            send: { payload: chat, closed: { in_flight: 3 } }
            expect: { reply: identical }
          shout: { send: { text: hey, rate: 1/s } }
          idle: {}
        load:
          mix: { open: 60, closed: 30, shout: 9, idle: 1 }
          connect: { timeout: 4s, max_pending: 1_000 }
          stages:
            - { name: warmup, connections: 1k, over: 10s, record: false }
            - { name: ramp, connections: 10k, over: 1m }
            - { name: surge, hold: 30s, messages: x4 }
            - { name: leave, connections: 0, over: 5s }
        thresholds:
          - answer.p99 < 25ms in ramp, surge
          - { that: errors.rate < 0.1%, after: 10s, abort: true }
          - { that: "pong.max < 1s" }
        valid_if: [generator.lag.p99 < 2ms]
        outputs: { html: out/report.html, json: out/run.json }
        """

    @Test func `every key is read into the model`() throws {
        let scenario = try ScenarioFixture.read(Self.everything, environment: ["TOKEN": "t0k"])
        #expect(scenario.name == "everything")
        #expect(scenario.question == "How much?")
        #expect(scenario.budget == "little")
        #expect(scenario.seed == .max)
        #expect(scenario.loadModel == "mixed")
        #expect(
            scenario.server.origin
                == .start(["./chatd", "--listen", "127.0.0.1:9001", "--name", "two words", "a b"]))
        #expect(scenario.server.ready == .tcp(host: "127.0.0.1", port: 9001, within: .seconds(3)))
        #expect(scenario.server.sample?.process == .started)
        #expect(scenario.server.sample?.every == .milliseconds(100))
        #expect(scenario.server.sample?.quantities == [.cpu, .tcpMemory])
        #expect(scenario.target.url.description == "ws://127.0.0.1:9001/chat?room=1&user=2")
        #expect(scenario.target.subprotocols == ["chat.v2", "chat.v1"])
        #expect(scenario.target.headers.map(\.name) == ["authorization", "x-empty"])
        #expect(scenario.target.headers.map(\.value) == ["Bearer t0k", ""])
        #expect(scenario.target.sourceAddresses == .list(["127.0.0.2", "::1"]))
        #expect(scenario.payloads.map(\.name) == ["chat", "noise", "fixed", "shout.text"])
        #expect(scenario.payloads[0].content == .corpus(path: "scenarios/corpus/chat.ndjson", pick: .random))
        #expect(scenario.payloads[1].content == .random(bytes: 512, compressibility: 0.7, isText: true))
        #expect(scenario.payloads[2].content == .text("no"))
        #expect(scenario.behaviours.map(\.name) == ["open", "closed", "shout", "idle"])
        let open = scenario.behaviours[0]
        #expect(open.send?.payload == 1)
        #expect(open.send?.drive == .open(perSecond: 0.5, process: .poisson, maximumInFlight: 8))
        #expect(open.expect == .init(reply: .identical, within: .seconds(2), name: "answer"))
        #expect(open.ping == .init(every: .seconds(25), within: .seconds(1), name: "pong"))
        #expect(scenario.behaviours[1].send?.drive == .closed(inFlight: 3))
        #expect(scenario.behaviours[1].expect == .init(reply: .identical, within: .seconds(5), name: "rtt"))
        #expect(
            scenario.behaviours[2].send
                == .init(payload: 3, drive: .open(perSecond: 1, process: .even, maximumInFlight: 128)))
        #expect(scenario.behaviours[3] == .init(name: "idle", send: nil, expect: nil, ping: nil))
        #expect(scenario.load.mix.map(\.weight) == [60, 30, 9, 1])
        #expect(scenario.load.connect == .init(timeout: .seconds(4), maximumPending: 1_000))
        #expect(
            scenario.load.stages.map(\.population) == [
                .ramp(connections: 1_000, over: .seconds(10)), .ramp(connections: 10_000, over: .seconds(60)),
                .hold(.seconds(30)), .ramp(connections: 0, over: .seconds(5)),
            ])
        #expect(scenario.load.stages.map(\.isRecorded) == [false, true, true, true])
        #expect(scenario.load.stages.map(\.messageMultiplier) == [1, 1, 4, 1])
        #expect(
            scenario.thresholds.map(\.budget.expression) == [
                "answer.p99 < 25ms in ramp, surge", "errors.rate < 0.1%", "pong.max < 1s",
            ])
        #expect(scenario.thresholds.map(\.abortsAfter) == [nil, .seconds(10), nil])
        #expect(scenario.validity.map(\.expression) == ["generator.lag.p99 < 2ms"])
        #expect(scenario.outputs == .init(html: "out/report.html", json: "out/run.json"))
    }

    @Test func `what is left out has its documented default`() throws {
        let scenario = try ScenarioFixture().read()
        #expect(scenario.name == "test")
        #expect(scenario.seed == ScenarioReader.defaultSeed)
        #expect(scenario.server == .init(origin: .external, ready: .immediately, sample: nil))
        #expect(scenario.target.sourceAddresses == .automatic)
        #expect(scenario.behaviours[0].expect == .init(reply: .identical, within: .seconds(5), name: "rtt"))
        #expect(scenario.load.mix == [.init(behaviour: 0, weight: 1)])
        #expect(scenario.load.connect == .init(timeout: .seconds(10), maximumPending: 500))
        #expect(scenario.thresholds.isEmpty)
        #expect(scenario.outputs == .init(html: nil, json: nil))
        #expect(scenario.validity.map(\.expression) == ["generator.cpu < 85%", "generator.lag.p99 < 1ms"])
        #expect(scenario.loadModel == "open")
    }

    @Test func `a closed loop is not judged by a lag it cannot have`() throws {
        var fixture = ScenarioFixture()
        fixture.behaviours = "{ echo: { send: { text: a, closed: { in_flight: 1 } }, expect: { reply: identical } } }"
        #expect(try fixture.read().validity.map(\.expression) == ["generator.cpu < 85%"])
        #expect(try fixture.read().loadModel == "closed")
        fixture.more = "valid_if: []"
        #expect(try fixture.read().validity.isEmpty)
    }

    @Test(arguments: [
        ("{ embedded: { echo: {} } }", ScenarioServer.Embedded(loops: 1, maximumMessage: 16 << 20, deflate: .off)),
        (
            "{ embedded: { echo: { loops: 4, max_message: 1MiB } } }",
            .init(loops: 4, maximumMessage: 1 << 20, deflate: .off)
        ),
        (
            "{ embedded: { echo: { deflate: dedicated:11:4 } } }",
            .init(loops: 1, maximumMessage: 16 << 20, deflate: .dedicated(windowBits: 11, memoryLevel: 4))
        ),
    ])
    func `an embedded server is ready and sampled by default`(_ text: String, _ options: ScenarioServer.Embedded) throws
    {
        let server = try ScenarioFixture(more: "server: \(text)").read().server
        #expect(server.origin == .embedded(options))
        #expect(server.ready == .tcp(host: "127.0.0.1", port: 9001, within: .seconds(10)))
        #expect(
            server.sample
                == .init(process: .started, every: .milliseconds(250), quantities: [.cpu, .rss, .fds, .tcpMemory]))
    }

    @Test func `a server says otherwise by none, by a list of words, and by a number`() throws {
        let silent = try ScenarioFixture(more: "server: { start: [sh, -c, 'a | b'], ready: none, sample: none }").read()
        #expect(silent.server == .init(origin: .start(["sh", "-c", "a | b"]), ready: .immediately, sample: nil))
        let external = try ScenarioFixture(more: "server: { sample: { pid: 4711, of: [rss] } }").read()
        #expect(external.server.sample?.process == .number(4711))
        #expect(external.server.origin == .external)
        let within = try ScenarioFixture(more: "server: { start: a, ready: { within: 1m } }").read()
        #expect(within.server.ready == .tcp(host: "127.0.0.1", port: 9001, within: .seconds(60)))
    }

    @Test func `YAML's words for truth stay text`() throws {
        for word in ["no", "off", "yes", "on", "null", "~", "1e3", "0x10", "2024-01-01"] {
            let behaviours = "{ echo: { send: { text: \(word), rate: 2/s } } }"
            let scenario = try ScenarioFixture(behaviours: behaviours).read()
            #expect(scenario.payloads[0].content == .text(word))
        }
    }

    @Test func `JSON of the same model is read`() throws {
        let json = #"""
            {
            	"wsbench": 1, "name": "json \u00fc \/",
            	"target": { "url": "ws://127.0.0.1:9001/" },
            	"behaviours": { "echo": { "send": { "text": "{\"a\":1}", "rate": "2/s" }, "expect": { "reply": "identical" } } },
            	"load": { "stages": [ { "name": "ramp", "connections": "10", "over": "1s" }, { "name": "on", "hold": "5s" } ] },
            	"thresholds": [ "rtt.p99 < 25ms in ramp, on", { "that": "errors.rate < 1%", "abort": true } ]
            }
            """#
        let scenario = try ScenarioFixture.read(json)
        #expect(scenario.name == "json ü /")
        #expect(scenario.payloads[0].content == .text("{\"a\":1}"))
        #expect(scenario.thresholds[0].budget.stages == ["ramp", "on"])
        #expect(scenario.thresholds[1].abortsAfter == .zero)
    }

    @Test(arguments: [
        ("${A}", "1"), ("${A:-x}", "1"), ("${EMPTY}", ""), ("${EMPTY:-x}", "x"), ("${NONE:-x y}", "x y"),
        ("${NONE:-}", ""),
        ("a$b ${A}${A}", "a$b 11"), ("$${A}", "${A}"), ("${late}", "1-"), ("$", "$"),
    ])
    func `variables are filled in`(_ text: String, _ expected: String) throws {
        let fixture = ScenarioFixture(
            behaviours: "{ echo: { send: { text: \"\(text)\", rate: 1/s } } }",
            more: "vars: { early: \"${A}\", late: \"${early}-\" }")
        let scenario = try fixture.read(environment: ["A": "1", "EMPTY": ""])
        #expect(scenario.payloads[0].content == .text(expected))
    }

    @Test func `a variable of the scenario comes before one of the environment`() throws {
        let fixture = ScenarioFixture(
            behaviours: "{ echo: { send: { text: \"${A}\", rate: 1/s } } }", more: "vars: { A: mine }")
        #expect(try fixture.read(environment: ["A": "theirs"]).payloads[0].content == .text("mine"))
    }

    @Test func `any stretch of connections has the weights of the mix`() throws {
        let load = "{ mix: { a: 3, b: 1 }, stages: [{ name: ramp, connections: 10, over: 1s }] }"
        let scenario = try ScenarioFixture(behaviours: "{ a: {}, b: {} }", load: load).read()
        for start in [0, 17, 1_000, 123_456] {
            for length in [8, 100, 2_000] {
                let second = (start..<start + length).filter { scenario.load.behaviour(ofConnection: $0) == 1 }.count
                #expect(abs(Double(second) - Double(length) / 4) <= 3, "\(start) \(length)")
            }
        }
    }

    @Test func `durations become nanoseconds within their bounds`() {
        #expect(Duration.milliseconds(250).nanoseconds == 250_000_000)
        #expect(Duration.nanoseconds(1).nanoseconds == 1)
        #expect(Duration.seconds(-1).nanoseconds == 0)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.milliseconds(1_500).inSeconds == 1.5)
    }
}

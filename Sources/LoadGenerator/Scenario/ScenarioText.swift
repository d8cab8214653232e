/// The scenario that `wsbench run URL --connections 1k --rate 1/s --for 10s` stands for, as a file to go on from.
package enum ScenarioText {
    /// The options as they were typed. They are judged where those of files are: by ``ScenarioReader``.
    package struct Options: Sendable, Hashable {
        package var url: String
        package var connections: String
        package var drive: Drive
        /// How long the full population is held.
        package var duration: String
        /// How long the population takes to come.
        package var ramp: String
        /// Of a message.
        package var size: String
        package var seed: String?
        /// What is offered of permessage-deflate; nil offers none.
        package var deflate: String?
        /// Files and choices of `target.tls`, by their keys in a scenario.
        package var tls: [TLSOption] = []

        package struct TLSOption: Sendable, Hashable {
            package let key: String
            package let value: String

            package init(key: String, value: String) {
                self.key = key
                self.value = value
            }
        }

        package enum Drive: Sendable, Hashable {
            case rate(String)
            case inFlight(String)
        }

        package init(
            url: String, connections: String = "100", drive: Drive = .rate("1/s"), duration: String = "10s",
            ramp: String = "5s", size: String = "20B", seed: String? = nil, deflate: String? = nil
        ) {
            self.url = url
            self.connections = connections
            self.drive = drive
            self.duration = duration
            self.ramp = ramp
            self.size = size
            self.seed = seed
            self.deflate = deflate
        }
    }

    /// What problems name as their file.
    package static let file = "command line"

    /// The scenario of `options`; it is read from ``render(_:)``'s text, so the two cannot differ.
    package static func scenario(_ options: Options) throws(ScenarioError) -> Scenario {
        try ScenarioReader.read(text: render(options), file: file)
    }

    package static func render(_ options: Options) -> String {
        let drive =
            switch options.drive {
            case .rate(let rate): "rate: \(value(rate))"
            case .inFlight(let count): "closed: { in_flight: \(value(count)) }"
            }
        let seed = options.seed.map { "seed: \(value($0))\n" } ?? ""
        let deflate = options.deflate.map { "\n  deflate: \(value($0))" } ?? ""
        let entries = options.tls.map { "\($0.key): \(value($0.value))" }.joined(separator: ", ")
        let tls = entries.isEmpty ? "" : "\n  tls: { \(entries) }"
        return """
            # The options of the command line as a scenario. Save it to a file and go on from there.
            wsbench: \(Scenario.formatVersion)
            name: command-line
            \(seed)target:
              url: \(value(options.url))\(deflate)\(tls)
            payloads:
              message: { random: \(value(options.size)), type: binary }
            behaviours:
              echo:
                send: { payload: message, \(drive) }
                expect: { reply: identical }
            load:
              stages:
                - { name: ramp, connections: \(value(options.connections)), over: \(value(options.ramp)) }
                - { name: steady, hold: \(value(options.duration)) }

            """
    }

    /// A YAML scalar that reads back as `text`: bare where that is safe, else in double quotes.
    private static func value(_ text: String) -> String {
        // `${` would be filled in; the options are meant as typed.
        let literal = text.replacingVariableStarts
        let isBare =
            literal.first.map { $0.isLetter || $0.isNumber } ?? false
            && literal.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
        guard !isBare else { return literal }
        var quoted = "\""
        for scalar in literal.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.properties.generalCategory == .control || scalar.value > 0x7E:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension String {
    fileprivate var replacingVariableStarts: String {
        var result = ""
        var rest = self[...]
        while let character = rest.popFirst() {
            result.append(character)
            // `$${` stands for `${`.
            if character == "$", rest.first == "{" { result.append("$") }
        }
        return result
    }
}

package import BenchResults
import Mustache

/// Results as one page: the verdict of each run, then every case of every run side by side, with its octets.
///
/// The page is complete in itself and loads nothing. What came from a peer or a result file is either escaped or lies
/// as data in the page, from which the script makes text, never markup.
package enum ConformancePage {
    package struct Options: Sendable {
        /// Whether cases that broke nothing have their wire log in the page. Without it a page is much smaller.
        package var keepsWireOfPassing: Bool
        /// Of one send or receive, how many octets are in the page; results.json has what was logged.
        package var octetsPerEntry: Int
        /// The same for cases that broke nothing.
        package var octetsPerPassingEntry: Int

        package init(
            keepsWireOfPassing: Bool = true, octetsPerEntry: Int = 8192, octetsPerPassingEntry: Int = 256
        ) {
            self.keepsWireOfPassing = keepsWireOfPassing
            self.octetsPerEntry = max(0, octetsPerEntry)
            self.octetsPerPassingEntry = max(0, octetsPerPassingEntry)
        }
    }

    package static func render(_ results: [ConformanceResult], options: Options = Options()) -> String {
        let model = ConformancePageModel(results, options: options)
        guard let text = library.render(model, withTemplate: "page") else {
            preconditionFailure("the template of the page is registered below")
        }
        return text
    }

    private static let templates = [
        "page": ConformancePageTemplates.page, "run": ConformancePageTemplates.run,
        "groups": ConformancePageTemplates.groups, "matrix": ConformancePageTemplates.matrix,
        "bar": ConformancePageTemplates.bar,
    ]

    private static let library: MustacheLibrary = {
        let contentName = PageLibrary.registeredContent
        var library = MustacheLibrary()
        for (name, text) in templates {
            do {
                try library.register("{{% CONTENT_TYPE:\(contentName)}}" + text, named: name)
            } catch {
                preconditionFailure("our own template \(name) does not parse: \(error)")
            }
        }
        return library
    }()
}

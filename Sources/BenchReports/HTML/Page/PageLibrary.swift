import Mustache

/// The parsed templates.
enum PageLibrary {
    /// Escapes by ``HTMLText`` instead of the template library's own way, for the reason given there.
    private struct Content: MustacheContentType {
        func escapeText(_ text: String) -> String { HTMLText.escaped(text) }
    }

    /// The name by which templates ask for ``HTMLText``'s escaping.
    static let registeredContent: String = {
        let name = "WSBENCH_HTML"
        MustacheContentTypes.register(Content(), named: name)
        return name
    }()

    private static let templates = [
        "page": PageTemplates.page, "opening": PageTemplates.opening, "figures": PageTemplates.figures,
        "remarks": PageTemplates.remarks,
        "thresholds": PageTemplates.thresholds, "budget": PageTemplates.budget,
        "throughput": PageTemplates.throughput, "latency": PageTemplates.latency, "server": PageTemplates.server,
        "generator": PageTemplates.generator, "chart": PageTemplates.chart, "stages": PageTemplates.stages,
        "errors": PageTemplates.errors, "repeat": PageTemplates.repeat,
    ]

    private static let library: MustacheLibrary = {
        let contentName = registeredContent
        var library = MustacheLibrary()
        for (name, text) in templates {
            do {
                // Partials start over with the library's content type: each template names ours itself.
                try library.register("{{% CONTENT_TYPE:\(contentName)}}" + text, named: name)
            } catch {
                preconditionFailure("our own template \(name) does not parse: \(error)")
            }
        }
        return library
    }()

    static func render(_ page: PageModel) -> String {
        guard let text = library.render(page, withTemplate: "page") else {
            preconditionFailure("the template of the page is registered above")
        }
        return text
    }
}

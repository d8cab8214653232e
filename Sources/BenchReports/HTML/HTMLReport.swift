public import BenchResults

/// A run as one page that tells its story top-down: what was run, the verdict, the figures, then what they rest on.
///
/// The page is complete in itself: styles, charts and the small script are inside, nothing is loaded. Everything that
/// came from a scenario, a server or a result file is escaped.
public enum HTMLReport {
    public static func render(_ result: RunResult) -> String {
        PageLibrary.render(PageModel(result))
    }
}

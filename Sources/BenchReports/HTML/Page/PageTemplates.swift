/// The page's templates, as text in the program: wsbench is one file that needs no others beside it.
///
/// `{{name}}` is escaped by ``HTMLText``; `{{{name}}}` is for what this module made itself.
enum PageTemplates {
    static let page = #"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="{{tool}}">
        <link rel="icon" href="data:,">
        <title>{{headline}}: {{scenario}} – wsbench</title>
        <style>
        {{{style}}}
        </style>
        </head>
        <body>
        <main>
        {{> opening}}
        {{#hasStages}}{{> figures}}{{/hasStages}}
        {{> remarks}}
        {{> thresholds}}
        {{> throughput}}
        {{> latency}}
        {{#hasStages}}{{> server}}
        {{> generator}}{{/hasStages}}
        {{> stages}}
        {{> errors}}
        {{> repeat}}
        <footer>Written by {{tool}}. This file is complete in itself: it loads nothing.</footer>
        </main>
        <script>
        {{{script}}}
        </script>
        </body>
        </html>

        """#

    static let opening = #"""
        <header>
        <p class="eyebrow"><b>wsbench</b> <span>{{date}}</span> <span>{{length}}</span></p>
        <h1>{{scenario}}</h1>
        {{#question}}<p class="question">{{.}}</p>{{/question}}
        <section class="verdict {{tone}}" aria-label="Verdict">
        <strong><span class="sign" aria-hidden="true">{{sign}}</span>{{headline}}</strong>
        <p>{{{reason}}}</p>
        </section>
        <dl class="facts">
        {{#facts}}<dt>{{label}}</dt><dd>{{{value}}}</dd>
        {{/facts}}</dl>
        </header>
        """#

    static let figures = #"""
        <dl class="cards">
        {{#figures}}<div class="card"><dt>{{label}}</dt><dd>{{value}}</dd><dd>{{note}}</dd></div>
        {{/figures}}</dl>
        """#

    static let remarks = #"""
        {{#hasRemarks}}<section><h2>Worth knowing</h2>
        <ul class="plain">
        {{#remarks}}<li>{{{.}}}</li>
        {{/remarks}}</ul></section>
        {{/hasRemarks}}
        """#

    static let thresholds = #"""
        {{#hasThresholds}}<section><h2>Thresholds</h2>
        <p class="lead">{{thresholdsLead}}</p>
        <div class="panel scroll"><table>
        <thead><tr><th scope="col">Result</th><th scope="col" class="text">Condition</th><th scope="col">Measured</th></tr></thead>
        <tbody>
        {{#thresholds}}{{> budget}}
        {{/thresholds}}</tbody>
        </table></div></section>
        {{/hasThresholds}}
        """#

    static let budget = #"""
        <tr><td><span class="badge {{tone}}">{{result}}</span></td><td class="text"><code>{{condition}}</code></td><td>{{measured}}</td></tr>
        """#

    static let throughput = #"""
        {{#hasThroughput}}<section><h2>Throughput over time</h2>
        <p class="lead">Messages a second, and the connections they came over.</p>
        <div class="stack">
        {{#throughput}}{{> chart}}
        {{/throughput}}</div></section>
        {{/hasThroughput}}
        """#

    static let latency = #"""
        {{#hasLatency}}<section><h2>Latency</h2>
        <p class="lead">{{{latencyLead}}}</p>
        {{#omission}}<div class="note doubtful"><h3>Planned and actual time differ</h3><p>{{{.}}}</p></div>
        {{/omission}}<div class="stack">
        <div class="panel scroll"><table>
        <thead><tr><th scope="col">Latency</th><th scope="col">p50</th><th scope="col">p90</th><th scope="col">p99</th><th scope="col">p99.9</th><th scope="col">Max</th><th scope="col">Mean</th><th scope="col">Count</th></tr></thead>
        <tbody>
        {{#latencies}}<tr><th scope="row">{{name}} <span class="aside">{{note}}</span></th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
        {{/latencies}}</tbody>
        </table></div>
        {{#latency}}{{> chart}}
        {{/latency}}</div></section>
        {{/hasLatency}}
        """#

    static let server = #"""
        <section><h2>Server</h2>
        {{#hasServer}}<p class="lead">{{{serverLead}}}</p>
        {{#memory}}<div class="panel" style="margin-bottom:14px"><h3>Memory per connection: {{value}}</h3><p class="lead" style="margin:2px 0 0">{{{explanation}}}</p></div>
        {{/memory}}<div class="grid">
        {{#server}}{{> chart}}
        {{/server}}</div>
        {{/hasServer}}{{^hasServer}}<p class="lead">The server was not sampled, so its CPU and memory are unknown. With <code>server.sample</code> in the scenario, wsbench reads them while it runs.</p>
        {{/hasServer}}</section>
        """#

    static let generator = #"""
        <section><h2>Generator health</h2>
        <p class="lead">A load generator that cannot keep up measures itself. This is whether it could.</p>
        <div class="note {{trustTone}}"><p>{{{trust}}}</p></div>
        <div class="stack">
        {{#hasHealth}}<div class="panel"><table class="explained">
        <tbody>
        {{#health}}<tr><th scope="row">{{label}} <span class="aside">{{note}}</span></th><td>{{value}}</td></tr>
        {{/health}}</tbody>
        </table></div>
        {{/hasHealth}}{{#hasValidity}}<div class="panel scroll"><table>
        <thead><tr><th scope="col">Result</th><th scope="col" class="text">Valid if</th><th scope="col">Measured</th></tr></thead>
        <tbody>
        {{#validity}}{{> budget}}
        {{/validity}}</tbody>
        </table></div>
        {{/hasValidity}}<div class="grid">
        {{#generator}}{{> chart}}
        {{/generator}}</div>
        </div></section>
        """#

    static let chart = #"""
        <figure class="chart" aria-label="{{title}}">
        <h3>{{title}}</h3>
        <ul class="legend">{{#legend}}<li><svg viewBox="0 0 22 8" aria-hidden="true"><path class="line {{ink}}" d="M0 4H22"/></svg>{{name}}</li>{{/legend}}{{#shaded}}<li><span class="shade"></span>not recorded</li>{{/shaded}}{{#logarithmic}}<li>logarithmic scale</li>{{/logarithmic}}</ul>
        <div class="frame" data-x="{{places}}" data-labels="{{labels}}">
        {{{svg}}}
        {{#legend}}<data title="{{name}}" value="{{values}}"></data>{{/legend}}
        </div>
        <details><summary>Values as a table</summary><div class="scroll"><table>
        <thead><tr><th scope="col">{{xName}}</th>{{#legend}}<th scope="col">{{name}}</th>{{/legend}}</tr></thead>
        <tbody>
        {{#rows}}<tr><th scope="row">{{label}}</th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
        {{/rows}}</tbody>
        </table></div></details>
        </figure>
        """#

    static let stages = #"""
        {{#hasStages}}<section><h2>Stages</h2>
        <p class="lead">Each stage of the load, as it really was. Stages that are not recorded count in no overall figure.</p>
        <div class="panel scroll"><table>
        <thead><tr><th scope="col">Stage</th>{{#stageColumns}}<th scope="col">{{.}}</th>{{/stageColumns}}</tr></thead>
        <tbody>
        {{#stages}}<tr><th scope="row">{{label}}{{#note}} <span class="aside">{{.}}</span>{{/note}}</th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
        {{/stages}}</tbody>
        </table></div></section>
        {{/hasStages}}
        """#

    static let errors = #"""
        <section><h2>Errors</h2>
        {{#hasErrors}}<p class="lead">By kind, with the first one that was seen.</p>
        <div class="panel scroll"><table>
        <thead><tr><th scope="col">Kind</th><th scope="col">Count</th><th scope="col" class="text">For example</th></tr></thead>
        <tbody>
        {{#errors}}<tr><th scope="row"><code>{{kind}}</code></th><td>{{count}}</td><td class="text">{{example}}</td></tr>
        {{/errors}}</tbody>
        </table></div>
        {{/hasErrors}}{{^hasErrors}}<p class="lead">None: no connection failed, no answer was missing or wrong.</p>
        {{/hasErrors}}{{#hasCloses}}<p class="aside" style="margin-top:10px">Connections closed with: {{closes}}.</p>
        {{/hasCloses}}</section>
        {{#hasSteps}}<section><h2>Where to look next</h2>
        <ul class="plain">
        {{#steps}}<li>{{{.}}}</li>
        {{/steps}}</ul></section>
        {{/hasSteps}}
        """#

    static let `repeat` = #"""
        <section><h2>Run it again</h2>
        <p class="lead">The exact command, the machine it ran on, and the scenario as it was run.</p>
        <div class="stack">
        <div class="command"><pre id="command">{{command}}</pre><button type="button" data-copy="command" hidden>Copy</button></div>
        <div class="panel"><dl class="facts">
        {{#machine}}<dt>{{label}}</dt><dd>{{{value}}}</dd>
        {{/machine}}</dl></div>
        {{#scenarioText}}<details><summary>The scenario’s text</summary><pre>{{.}}</pre></details>
        {{/scenarioText}}</div></section>
        """#
}

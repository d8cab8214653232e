/// The page's templates. `{{name}}` is escaped by ``HTMLText``; `{{{name}}}` is for what this module made itself.
enum ConformancePageTemplates {
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
        <title>WebSocket conformance: {{title}} – wsbench</title>
        <style>
        {{{style}}}
        </style>
        </head>
        <body>
        <main class="conformance">
        <header>
        <p class="eyebrow"><b>wsbench</b> <span>WebSocket conformance</span> <span>{{date}}</span></p>
        <h1>{{title}}</h1>
        <p class="question">{{question}}</p>
        </header>
        <div class="runs{{#isSingle}} single{{/isSingle}}">
        {{#runs}}{{> run}}
        {{/runs}}</div>
        {{> groups}}
        {{> matrix}}
        {{#hasExcluded}}<section><h2>Not part of this suite</h2>
        <details><summary>{{excludedCount}} rows of the catalogue, and why</summary>
        <ul class="plain">{{#excluded}}<li><code>{{row}}</code> {{reason}}</li>
        {{/excluded}}</ul></details></section>
        {{/hasExcluded}}
        <footer>Written by {{tool}}. This file is complete in itself: it loads nothing.{{#wireNote}} {{.}}{{/wireNote}}</footer>
        </main>
        <script type="application/json" id="data">{{{data}}}</script>
        <script>
        {{{script}}}
        </script>
        </body>
        </html>

        """#

    static let run = #"""
        <section class="verdict {{tone}}" aria-label="Verdict of {{label}}">
        <p class="who">{{label}}</p>
        <strong><span class="sign" aria-hidden="true">{{sign}}</span>{{headline}}</strong>
        <p>{{{reason}}}</p>
        {{> bar}}
        <details class="counts"><summary>Counts by level, seed, command</summary>
        <div class="scroll"><table>
        <thead><tr><th scope="col">Level</th><th scope="col">Passed</th><th scope="col">Non-strict</th><th scope="col">Failed</th><th scope="col">Info</th><th scope="col">Skipped</th></tr></thead>
        <tbody>{{#levels}}<tr><th scope="row">{{name}}</th>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>
        {{/levels}}</tbody>
        </table></div>
        <dl class="facts">
        {{#facts}}<dt>{{label}}</dt><dd>{{{value}}}</dd>
        {{/facts}}<dt>Exit code</dt><dd>{{exit}}</dd>
        </dl>
        <pre class="wrapped">{{command}}</pre>
        </details>
        </section>
        """#

    static let bar = #"""
        <span class="bar" aria-hidden="true">{{#parts}}<i class="{{tone}}" style="flex-grow:{{share}}" title="{{words}}"></i>{{/parts}}</span>
        """#

    static let groups = #"""
        <section><h2>By group</h2>
        <p class="lead wide">Cases that break nothing, of those that were judged. A group’s name shows only its cases below.</p>
        <div class="panel scroll"><table class="groups">
        <thead><tr><th scope="col">Group</th>{{#labels}}<th scope="col" class="cell"><span class="name" title="{{.}}">{{.}}</span></th>{{/labels}}</tr></thead>
        <tbody>
        {{#groups}}<tr><th scope="row"><button type="button" class="link" data-group="{{name}}"><b>{{name}}</b> <span class="aside">{{title}}</span></button></th>{{#cells}}<td class="cell"><span class="figures"><b>{{count}}</b>{{#note}} <em>{{.}}</em>{{/note}}</span>{{> bar}}</td>{{/cells}}</tr>
        {{/groups}}</tbody>
        </table></div></section>
        """#

    static let matrix = #"""
        <section id="matrix"><h2>Every case</h2>
        <noscript><p class="lead">The cases are drawn by this page’s own script, which is switched off. results.json and junit.xml have them too.</p></noscript>
        <form class="filters" role="search" aria-label="Filter the cases">
        <input type="search" name="q" placeholder="Id, title, requirement, explanation" aria-label="Text to look for" autocomplete="off" spellcheck="false">
        <select name="group" aria-label="Group"><option value="">All groups</option>{{#groupNames}}<option>{{.}}</option>{{/groupNames}}</select>
        <select name="level" aria-label="Level"><option value="">All levels</option>{{#levels}}<option>{{.}}</option>{{/levels}}</select>
        <select name="verdict" aria-label="Verdict"><option value="">All verdicts</option>{{#verdicts}}<option>{{.}}</option>{{/verdicts}}</select>
        <span class="toggles">
        <label><input type="checkbox" name="failing"> only not passed</label>
        <label><input type="checkbox" name="unexpected"> only unexpected</label>
        {{^isSingle}}<label><input type="checkbox" name="differing"> only differences</label>
        {{/isSingle}}</span>
        <button type="reset">Clear</button>
        </form>
        <p class="lead status" aria-live="polite"></p>
        <div class="panel cases"><table class="cases">
        <thead><tr><th scope="col">Case</th><th scope="col" class="level">Level</th>{{#labels}}<th scope="col" class="cell"><span class="name" title="{{.}}">{{.}}</span></th>{{/labels}}</tr></thead>
        </table></div>
        <p class="aside keys"><kbd>/</kbd> looks for text, <kbd>↓</kbd> <kbd>↑</kbd> move between cases, <kbd>Enter</kbd> opens one, <kbd>Esc</kbd> closes it.</p>
        </section>
        """#
}

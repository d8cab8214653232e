/// The page's style sheet: system fonts, both colour schemes, narrow screens and paper.
enum PageStyle {
    /// Widths of a chart's figure in pixels, from which on stage names of class `from…` are shown.
    static let chartWidths = [300, 360, 480, 640, 800, 960, 1070]

    static let css =
        base
        + chartWidths.map { "@container (max-width: \($0 - 1)px) { .from\($0) { display: none; } }\n" }.joined()

    private static let base = #"""
        :root {
          color-scheme: light dark;
          --page: #f6f6f4; --card: #ffffff; --text: #1b1d21; --soft: #5c626d; --rule: #e2e3e6; --wash: #f0f1f3;
          --good: #15703a; --good-wash: #e7f4ec; --bad: #b3261e; --bad-wash: #fceceb;
          --doubtful: #8a5a00; --doubtful-wash: #fdf3dd;
          --a: #2563c9; --b: #c7640a; --c: #0c8574; --band: #00000009; --hatch: #00000012;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #111316; --card: #1a1d21; --text: #e7e9ec; --soft: #9ba2ad; --rule: #2d3138; --wash: #23272d;
            --good: #63c98a; --good-wash: #16281d; --bad: #ff8f86; --bad-wash: #331a19;
            --doubtful: #e6b450; --doubtful-wash: #2e2614;
            --a: #74a9ff; --b: #ffab5e; --c: #52cdb9; --band: #ffffff0a; --hatch: #ffffff14;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--page); color: var(--text);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
          font-variant-numeric: tabular-nums; overflow-wrap: break-word;
        }
        main { max-width: 1120px; margin: 0 auto; padding: 28px 24px 64px; }
        h1, h2, h3, p, dl, dd, figure, ul { margin: 0; padding: 0; }
        h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; font-weight: 650; }
        h2 { font-size: 20px; line-height: 1.3; letter-spacing: -.01em; font-weight: 650; margin: 44px 0 6px; }
        h3 { font-size: 15px; font-weight: 600; }
        p.lead { color: var(--soft); max-width: 74ch; margin-bottom: 16px; }
        a { color: var(--a); }
        code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, Consolas, monospace; }
        code { font-size: .92em; }
        .eyebrow { color: var(--soft); font-size: 14px; display: flex; flex-wrap: wrap; gap: 2px 12px; margin-bottom: 10px; }
        .eyebrow b { color: var(--text); font-weight: 650; }
        .question { font-size: 18px; color: var(--soft); margin-top: 6px; max-width: 68ch; }
        .verdict { margin: 22px 0 20px; padding: 20px 24px; border-radius: 14px; background: var(--tone-wash); border: 1px solid var(--tone-edge); }
        .verdict strong { display: flex; align-items: center; gap: 12px; font-size: 34px; line-height: 1.15; font-weight: 700; letter-spacing: -.02em; color: var(--tone); }
        .verdict .sign { flex: none; width: 36px; height: 36px; border-radius: 50%; background: var(--tone); color: var(--card); font-size: 20px; display: grid; place-items: center; }
        .verdict p { margin-top: 8px; font-size: 17px; max-width: 76ch; }
        .good { --tone: var(--good); --tone-wash: var(--good-wash); --tone-edge: color-mix(in srgb, var(--good) 28%, transparent); }
        .bad { --tone: var(--bad); --tone-wash: var(--bad-wash); --tone-edge: color-mix(in srgb, var(--bad) 28%, transparent); }
        .doubtful { --tone: var(--doubtful); --tone-wash: var(--doubtful-wash); --tone-edge: color-mix(in srgb, var(--doubtful) 28%, transparent); }
        .facts { display: grid; grid-template-columns: max-content 1fr; gap: 5px 18px; font-size: 15px; }
        .facts dt { color: var(--soft); }
        .facts dd { min-width: 0; }
        .cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin-top: 24px; }
        .card { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 14px 16px 13px; }
        .card dt { color: var(--soft); font-size: 13.5px; line-height: 1.35; }
        .card dd { font-size: 25px; line-height: 1.3; font-weight: 620; letter-spacing: -.015em; }
        .card dd + dd { color: var(--soft); font-size: 13px; line-height: 1.4; font-weight: 400; letter-spacing: 0; }
        .panel { background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 16px 18px; }
        .note { background: var(--tone-wash); border: 1px solid var(--tone-edge); border-radius: 12px; padding: 14px 18px; margin: 0 0 14px; max-width: none; }
        .note h3 { color: var(--tone); margin-bottom: 2px; }
        .grid { display: grid; grid-template-columns: 1fr 1fr; gap: 14px; }
        .grid > * { min-width: 0; }
        .grid > :last-child:nth-child(odd) { grid-column: 1 / -1; }
        .stack { display: grid; gap: 14px; }
        .stack > * { min-width: 0; }
        figure.chart { container-type: inline-size; background: var(--card); border: 1px solid var(--rule); border-radius: 12px; padding: 14px 18px 10px; break-inside: avoid; }
        .chart .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13.5px; color: var(--soft); margin-top: 2px; }
        .chart .legend .shade { display: inline-block; width: 14px; height: 12px; margin-right: 7px; vertical-align: -1px; background: var(--hatch); border: 1px solid var(--rule); }
        .chart .legend svg { width: 22px; height: 8px; margin-right: 7px; vertical-align: 2px; overflow: visible; }
        .frame { position: relative; margin: 10px 4px 30px 62px; padding-top: 18px; touch-action: pan-y; }
        svg.plot { display: block; overflow: visible; }
        svg .grid { stroke: var(--rule); stroke-width: 1; }
        svg .tick { stroke: var(--rule); }
        svg text { fill: var(--soft); font-size: 12px; }
        svg text.y { text-anchor: end; }
        svg text.x { text-anchor: middle; }
        svg text.x.last { text-anchor: end; }
        .band { fill: none; }
        .band.even { fill: var(--band); }
        .band.unrecorded { fill: var(--hatch); }
        svg .stage text { font-size: 11.5px; font-weight: 600; opacity: .85; }
        .line { fill: none; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
        .line.a { stroke: var(--a); } .line.b { stroke: var(--b); stroke-dasharray: 6 4; } .line.c { stroke: var(--c); stroke-dasharray: 1.5 4; }
        .area { stroke: none; opacity: .1; } .area.a { fill: var(--a); } .area.b { fill: var(--b); } .area.c { fill: var(--c); }
        .cross { position: absolute; top: 18px; bottom: 0; width: 1px; background: var(--soft); pointer-events: none; }
        .tip { position: absolute; top: 6px; z-index: 2; pointer-events: none; white-space: nowrap; background: var(--text); color: var(--page); border-radius: 8px; padding: 6px 10px; font-size: 12.5px; line-height: 1.5; box-shadow: 0 4px 14px #0003; }
        .tip b { display: block; font-weight: 600; }
        .tip i { font-style: normal; opacity: .72; margin-right: 8px; }
        .tip span { display: flex; justify-content: space-between; gap: 10px; }
        details { font-size: 14px; }
        details > summary { cursor: pointer; color: var(--soft); padding: 4px 0; width: max-content; max-width: 100%; }
        details > summary:hover { color: var(--text); }
        .scroll { overflow-x: auto; -webkit-overflow-scrolling: touch; }
        /* A shadow at the side where a wide table goes on; covers at its ends move with the content. */
        .panel.scroll { background:
          linear-gradient(to right, var(--card) 40%, transparent) 0 0 / 40px 100% no-repeat local,
          linear-gradient(to left, var(--card) 40%, transparent) 100% 0 / 40px 100% no-repeat local,
          linear-gradient(to right, #0000001c, transparent) 0 0 / 12px 100% no-repeat,
          linear-gradient(to left, #0000001c, transparent) 100% 0 / 12px 100% no-repeat, var(--card); }
        table { border-collapse: collapse; width: 100%; font-size: 14.5px; }
        th, td { text-align: right; padding: 7px 12px; border-bottom: 1px solid var(--rule); white-space: nowrap; vertical-align: top; }
        th { color: var(--soft); font-weight: 500; font-size: 13.5px; }
        tbody th { color: var(--text); font-weight: 500; font-size: inherit; }
        tr:last-child > * { border-bottom: 0; }
        th:first-child, td:first-child { text-align: left; padding-left: 0; }
        th:last-child, td:last-child { padding-right: 0; }
        td.text, th.text { text-align: left; white-space: normal; min-width: 12em; }
        .badge { display: inline-block; min-width: 62px; text-align: center; border-radius: 999px; padding: 1px 10px; font-size: 13px; font-weight: 600; color: var(--tone); background: var(--tone-wash); border: 1px solid var(--tone-edge); }
        .explained th { white-space: normal; } .explained .aside { display: block; }
        .aside { color: var(--soft); font-size: 13px; }
        pre { background: var(--wash); border-radius: 10px; padding: 12px 14px; margin: 0; overflow-x: auto; font-size: 13.5px; line-height: 1.5; }
        .command { display: flex; gap: 10px; align-items: stretch; }
        .command pre { flex: 1; min-width: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
        button { font: inherit; font-size: 14px; color: var(--text); background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 0 14px; cursor: pointer; }
        button:hover { background: var(--wash); }
        ul.plain { padding-left: 20px; } ul.plain li { margin: 3px 0; max-width: 78ch; }
        footer { margin-top: 48px; color: var(--soft); font-size: 13.5px; }
        :focus-visible { outline: 2px solid var(--a); outline-offset: 2px; border-radius: 4px; }
        @media (max-width: 860px) { .cards { grid-template-columns: 1fr 1fr; } .grid { grid-template-columns: 1fr; } }
        @media (max-width: 560px) {
          main { padding: 18px 14px 48px; }
          h1 { font-size: 25px; }
          h2 { margin-top: 34px; }
          .question { font-size: 16.5px; }
          .verdict { padding: 16px 16px; }
          .verdict strong { font-size: 28px; }
          .verdict p { font-size: 16px; }
          .facts { grid-template-columns: 1fr; gap: 0; }
          .facts dd { margin-bottom: 7px; }
          .cards { gap: 9px; }
          .card { padding: 11px 12px; }
          .card dd { font-size: 21px; }
          figure.chart, .panel { padding: 12px 12px 8px; }
          .frame { margin-left: 54px; margin-right: 2px; }
          th, td { padding: 7px 7px; }
          tbody th .aside { display: block; }
          td.text, th.text { min-width: 7.5em; overflow-wrap: anywhere; }
          .badge { min-width: 0; padding: 1px 8px; }
          svg text.minor { display: none; }
          svg text { font-size: 11.5px; }
          .command { flex-direction: column; }
          button { padding: 8px 14px; }
        }
        @media print {
          :root { --page: #fff; --card: #fff; }
          body { font-size: 12px; }
          main { max-width: none; padding: 0; }
          .panel, .card, .verdict, tr { break-inside: avoid; }
          h2 { break-after: avoid; margin-top: 24px; }
          button, .tip, .cross { display: none; }
          .scroll { overflow: visible; }
          pre { white-space: pre-wrap; }
        }

        """#
}

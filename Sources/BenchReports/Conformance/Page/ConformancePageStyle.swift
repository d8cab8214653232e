/// What the conformance page adds to ``PageStyle``.
enum ConformancePageStyle {
    static let css = #"""
        main.conformance { max-width: 1240px; }
        .runs { display: grid; gap: 14px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 330px), 1fr)); margin: 20px 0 0; align-items: start; }
        .runs .verdict { margin: 0; padding: 16px 18px; min-width: 0; }
        .runs .verdict strong { font-size: 23px; gap: 10px; }
        .runs .verdict .sign { width: 27px; height: 27px; font-size: 15px; }
        .runs .verdict p { font-size: 15px; margin: 7px 0 12px; }
        .runs .verdict p.who { margin: 0 0 6px; font-weight: 600; font-size: 15px; overflow-wrap: anywhere; }
        .runs.single .verdict { padding: 20px 24px; }
        .runs.single .verdict strong { font-size: 32px; }
        .runs.single .verdict .sign { width: 36px; height: 36px; font-size: 20px; }
        .runs.single .verdict p { font-size: 17px; }
        .runs.single p.who { display: none; }
        .counts { margin-top: 10px; }
        .counts .facts { font-size: 14px; margin: 12px 0; }
        .counts dd, .counts pre { overflow-wrap: anywhere; }
        pre.wrapped { white-space: pre-wrap; }
        .counts th, .counts td { padding: 4px 8px; }
        .counts table { width: auto; }
        .counts tbody tr:last-child > * { border-top: 1px solid var(--rule); font-weight: 650; }
        .bar { display: flex; height: 7px; border-radius: 4px; overflow: hidden; gap: 1px; background: var(--wash); min-width: 80px; }
        .bar i { flex: 1 1 0; min-width: 2px; }
        .bar .pass { background: var(--good); } .bar .loose { background: var(--doubtful); } .bar .fail { background: var(--bad); }
        .bar .info { background: var(--a); } .bar .skip { background: color-mix(in srgb, var(--soft) 40%, transparent); }
        th.cell, td.cell { text-align: left; min-width: 118px; }
        .groups td.cell { width: 25%; }
        .groups td { white-space: nowrap; }
        .groups .figures { display: flex; justify-content: space-between; gap: 10px; font-size: 13.5px; margin-bottom: 3px; }
        .groups .figures b { font-weight: 500; }
        .groups td.cell:nth-child(2):last-child { width: 60%; }
        p.lead.wide { max-width: none; }
        th.level { text-align: left !important; }
        .groups em { font-style: normal; font-weight: 600; color: var(--bad); }
        .groups tbody th { white-space: normal; }
        .name { display: block; overflow: hidden; text-overflow: ellipsis; max-width: 24ch; white-space: nowrap; }
        button.link { border: 0; padding: 2px 0; background: none; text-align: left; border-radius: 4px; font-size: inherit; }
        button.link:hover b { text-decoration: underline; }
        button.link b { color: var(--a); font-weight: 600; }
        .filters { display: flex; flex-wrap: wrap; gap: 8px 10px; align-items: center; margin: 10px 0 8px; }
        .filters input[type=search] { flex: 1 1 190px; min-width: 0; }
        .filters input[type=search], .filters select { font: inherit; font-size: 14.5px; color: var(--text); background: var(--card); border: 1px solid var(--rule); border-radius: 9px; padding: 6px 10px; max-width: 100%; }
        .filters button { padding: 6px 14px; border-radius: 9px; }
        .toggles { display: flex; flex-wrap: wrap; gap: 4px 14px; font-size: 14.5px; }
        .toggles label { display: inline-flex; gap: 6px; align-items: center; cursor: pointer; }
        p.status { margin: 0 0 8px; font-size: 14px; }
        .panel.cases { padding: 0 16px 6px; }
        table.cases { font-size: 14px; table-layout: auto; }
        table.cases thead th { position: sticky; top: 0; background: var(--card); z-index: 1; border-bottom: 1px solid var(--rule); }
        table.cases th, table.cases td { padding: 6px 10px; }
        table.cases tbody th { white-space: normal; text-align: left; font-weight: 400; width: 100%; }
        table.cases td { vertical-align: middle; text-align: left; }
        tr.group th { padding-top: 20px !important; font-weight: 650 !important; color: var(--text); font-size: 15px; }
        tr.group .aside { font-weight: 400; }
        tr.case { cursor: pointer; scroll-margin-top: 48px; }
        tr.case:hover > * { background: var(--wash); }
        tr.case button { border: 0; background: none; padding: 0; color: inherit; text-align: left; font: inherit; display: block; border-radius: 4px; }
        tr.case button b { font: 600 13.5px/1.5 ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
        tr.case button span { color: var(--soft); }
        tr.case.open > * { border-bottom-color: transparent; }
        .chip { font-size: 12px; font-weight: 600; letter-spacing: .02em; color: var(--soft); }
        .v { display: inline-block; white-space: nowrap; border-radius: 999px; padding: 1px 9px; font-size: 12.5px; font-weight: 600; border: 1px solid transparent; }
        .v.pass { color: var(--good); } .v.loose { color: var(--doubtful); } .v.skip, .v.none { color: var(--soft); font-weight: 500; } .v.info { color: var(--a); }
        .v.fail { color: var(--bad); background: var(--bad-wash); border-color: color-mix(in srgb, var(--bad) 28%, transparent); }
        .v.known { background: none; border-style: dashed; }
        .v.surprise { color: var(--doubtful); background: var(--doubtful-wash); border-color: color-mix(in srgb, var(--doubtful) 35%, transparent); }
        .v small { font-size: 11px; font-weight: 500; }
        tr.detail > td { padding: 4px 0 22px !important; white-space: normal; cursor: auto; max-width: 0; }
        .about { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin-bottom: 12px; max-width: 96ch; }
        .about dt { color: var(--soft); }
        .about ul { margin: 0; padding-left: 17px; }
        .found { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); align-items: start; }
        .found > section { border: 1px solid var(--rule); border-radius: 10px; padding: 12px 14px; min-width: 0; background: var(--page); }
        .found h3 { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: center; overflow-wrap: anywhere; }
        .found h3 .aside { font-weight: 400; }
        .found p { margin: 6px 0; overflow-wrap: anywhere; }
        .found p.because { font-weight: 550; }
        .found dl { margin: 8px 0; grid-template-columns: max-content 1fr; }
        .found dd { overflow-wrap: anywhere; }
        li.plain { list-style: none; }
        .wire { border-top: 1px solid var(--rule); margin-top: 10px; padding-top: 6px; }
        .wire h4 { margin: 4px 0 6px; font-size: 13.5px; color: var(--soft); font-weight: 500; }
        .entry { margin: 0 0 8px; }
        .entry > p { margin: 0 0 2px; font-size: 13.5px; display: flex; gap: 9px; flex-wrap: wrap; align-items: baseline; }
        .entry time { color: var(--soft); font-size: 12.5px; min-width: 86px; text-align: right; }
        .entry .sent { color: var(--a); font-weight: 600; } .entry .received { color: var(--b); font-weight: 600; }
        pre.octets { font-size: 12.5px; line-height: 1.5; padding: 8px 10px; border-radius: 8px; max-height: none; }
        .octets .at { color: var(--soft); opacity: .75; } .octets .chars { color: var(--soft); } .octets .say { color: var(--c); }
        .octets .off { color: var(--bad); background: var(--bad-wash); font-weight: 700; box-shadow: 0 1px 0 var(--bad); }
        .octets .say.off { background: none; box-shadow: none; }
        .octets .end { color: var(--soft); opacity: .6; }
        .more { font-size: 12.5px; padding: 1px 10px; border-radius: 7px; margin-top: 4px; }
        kbd { font: 12px ui-monospace, Menlo, Consolas, monospace; border: 1px solid var(--rule); border-bottom-width: 2px; border-radius: 5px; padding: 0 5px; background: var(--card); }
        .keys { margin-top: 10px; }
        @media (max-width: 860px) { .panel.cases { overflow-x: auto; } table.cases thead th { position: static; } }
        @media (max-width: 560px) {
          .panel.cases { padding: 0 10px 6px; }
          table.cases th, table.cases td { padding: 6px 5px; }
          table.cases tbody th { min-width: 190px; }
          th.cell, td.cell { min-width: 96px; }
          .runs.single .verdict { padding: 16px; }
          .runs.single .verdict strong { font-size: 25px; }
          .runs.single .verdict p { font-size: 15.5px; }
          .about, .found dl { grid-template-columns: 1fr; gap: 0; }
          .about dd { margin-bottom: 6px; }
          .entry time { min-width: 0; }
          tr.detail > td > div { position: sticky; left: 0; width: calc(100vw - 50px); }
          .keys { display: none; }
        }
        @media print {
          .filters, .keys, .more, .counts > summary { display: none; }
          table.cases thead th { position: static; }
          .panel.cases { overflow: visible; border: 0; padding: 0; }
          pre.octets { white-space: pre; overflow: visible; font-size: 9px; }
          .found > section, .entry { break-inside: avoid; }
        }

        """#
}

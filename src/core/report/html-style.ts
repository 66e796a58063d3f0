/**
 * The only style of a report: system fonts, nothing is fetched. Dark is for screens alone; on paper table heads repeat, and no row parts
 * from its source.
 */
export const htmlStyle = `
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --quiet: #595959; --line: #b0b0b0; --band: #f2f2f2; --link: #0b4f9e; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 75rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; border-bottom: 2px solid var(--line); }
p, li, td, th, caption { overflow-wrap: anywhere; }
a { color: var(--link); }
nav ol { columns: 2; padding-left: 1.5rem; }
.quiet, .source, .source td { color: var(--quiet); }
.source, .source td { font-size: .8rem; }
.table { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; margin: .75rem 0; }
caption { text-align: left; font-weight: 600; padding: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .5rem; min-width: 4.5em; }
thead th { background: var(--band); border-bottom: 2px solid var(--line); }
tbody { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
.source td { padding-top: 0; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #ececec; --paper: #161616; --quiet: #b3b3b3; --line: #565656; --band: #262626; --link: #8ab8f5; }
}
@page { size: A4; margin: 15mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt system-ui, sans-serif; } }
@media print {
  :root { color-scheme: light; }
  body { padding: 0; max-width: none; font-size: 9.5pt; }
  nav { display: none; }
  h1 { font-size: 16pt; }
  h2 { font-size: 12pt; break-after: avoid; }
  .table { overflow: visible; }
  table { font-size: 8.5pt; }
  .wide table { font-size: 8pt; }
  .wide th, .wide td { padding: .2rem .25rem; min-width: 0; }
  .source, .source td { font-size: 8pt; color: #404040; }
  caption { break-after: avoid; }
  thead { display: table-header-group; }
  tbody, tr, li { break-inside: avoid; }
  p { orphans: 3; widows: 3; }
}
`;

/** Of the page /docs. */
export const docsStyle = `
:root{--ink:#1c211b;--soft:#5a6257;--line:#dfe3da;--ground:#fbfcf9;--card:#f1f4ed;--accent:#1f6f43}
@media (prefers-color-scheme:dark){:root{--ink:#e6eae2;--soft:#9aa396;--line:#2b322a;--ground:#10140f;--card:#191f18;--accent:#6fd19a}}
*{box-sizing:border-box}
body{margin:0;display:grid;grid-template-columns:14rem minmax(0,1fr);font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--ground)}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:1.5rem 1rem;display:grid;gap:.35rem;border-right:1px solid var(--line)}
nav a{color:var(--soft);text-decoration:none}nav a:hover,nav a:focus{color:var(--accent)}.brand{margin:0 0 .7rem;font-weight:650}.brand a{color:var(--ink)}
main{padding:1.5rem 2rem 5rem;max-width:60rem}
h1{margin:.2rem 0 1rem;font-size:1.8rem}h2{margin:3rem 0 .5rem;padding-bottom:.3rem;border-bottom:1px solid var(--line)}h3{margin:0 0 .3rem;font-size:1rem}
article{margin:1.6rem 0;scroll-margin-top:1rem}p{margin:.4rem 0}a{color:var(--accent)}em,.answer,small{color:var(--soft);font-style:normal;font-size:.9rem}
code,pre{font:.87rem/1.5 ui-monospace,monospace}h3 code{font-size:1rem}
pre{margin:.5rem 0;padding:.6rem .8rem;background:var(--card);border-radius:.4rem;white-space:pre-wrap;overflow-wrap:anywhere}
table{width:100%;margin:.5rem 0;border-collapse:collapse;font-size:.92rem}caption{text-align:left;color:var(--soft);font-size:.9rem}
th,td{padding:.3rem .8rem .3rem 0;border-top:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400;overflow-wrap:anywhere}
th{width:30%}td:nth-child(2){width:28%}
.method{display:inline-block;min-width:3.6rem;padding:.05rem .4rem;border-radius:.3rem;background:var(--card);color:var(--accent);font:600 .8rem/1.6 ui-monospace,monospace;text-align:center}
.delete{color:#b3372b}.put,.post,.patch{color:#a2600d}
@media (prefers-color-scheme:dark){.delete{color:#f08c80}.put,.post,.patch{color:#e0b060}}
@media (max-width:46rem){body{display:block}nav{position:static;max-height:none;border:0;border-bottom:1px solid var(--line);grid-template-columns:1fr 1fr}main{padding:1rem}}
`

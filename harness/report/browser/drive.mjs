/* SPDX-License-Identifier: Apache-2.0
 *
 * drive.mjs: a page of schedlab report, used as a reader would.
 *
 *     node drive.mjs CHROMIUM PAGE HOSTILE-PAGE CURVES-PAGE
 *
 * Prints a line for each check, "ok ..." or "not ok ..."; status 1 if one failed.
 */
import { chromium } from "playwright-core";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

const [executablePath, file, hostile, curves] = process.argv.slice(2);
const url = pathToFileURL(resolve(file)).href;
let failed = 0;
const check = (what, good, detail = "") => {
	failed += !good;
	console.log(`${good ? "ok" : "not ok"} ${what}${good ? "" : ": " + JSON.stringify(detail)}`);
};
const same = (what, got, want) => check(what, JSON.stringify(got) === JSON.stringify(want), { got, want });

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
const trouble = [];
const open = async (address, options = {}) => {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(15000);
	page.on("console", m => ["error", "warning"].includes(m.type()) && trouble.push(m.text()));
	page.on("pageerror", e => trouble.push(String(e)));
	page.on("dialog", d => { trouble.push("a dialog of a script: " + d.message()); d.dismiss(); });
	page.on("request", r => r.url().split("#")[0] !== address.split("#")[0] && !r.url().startsWith("data:") && trouble.push("asks for " + r.url()));
	await page.goto(address);
	return page;
};
const picture = async (page, name) => process.env.SCREENSHOTS && page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png` });
const done = page => page.context().close();
const dataOf = page => page.evaluate(() => JSON.parse(document.getElementById("data").textContent));
/* What each cell that shows says, by its number. */
const shown = page => page.evaluate(() => Object.fromEntries([...document.querySelectorAll("#heat td[data-c]")]
	.filter(td => td.checkVisibility()).map(td => [td.dataset.c, td.textContent])));
const names = page => page.evaluate(() => [...document.querySelectorAll("#heat tbody tr")].filter(tr => !tr.hidden).map(tr => tr.cells[0].textContent));
const hash = page => page.evaluate(() => location.hash);
/* Escape, and what comes of it: the page hears of that a moment later. */
const escape = async page => {
	await page.keyboard.press("Escape");
	await page.waitForFunction(() => !document.querySelector("dialog[open]") && !/\bcell=/.test(location.hash)).catch(() => {});
};
const wide = page => page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);

/* ---- The table, a baseline, filters, sorting ---- */
const page = await open(url), data = await dataOf(page), before = await shown(page), order = await names(page);
await picture(page, "light");
check("every cell of the data is in the table", Object.keys(before).length === data.cells.length, Object.keys(before).length);
check("texts of times are those of the data", data.cells.every((c, i) => !c.ns_per_op || before[i].includes(c.ns_per_op.text)));

const other = data.backends.findIndex((b, i) => i !== data.base && data.cells.some(c => c.ratios[i] && c.ratios[i].estimate));
await page.selectOption("#base", String(other));
const rebased = await page.evaluate(() => [...document.querySelectorAll("#heat td[data-c]")].map(td => [td.dataset.c, td.querySelector("b")?.textContent, td.className]));
check("another baseline shows its ratios", rebased.every(([i, text]) => text === undefined || text === (data.cells[i].ratios[other]?.text ?? "\u2013")), rebased);
check("and its colours", rebased.every(([i, , name]) => name.split(" ").includes("s" + ((data.cells[i].ratios[other]?.shade ?? 0) + 4))), rebased);
same("the address has the baseline", await hash(page), "#base=" + encodeURIComponent(data.backends[other].name).replace(/%20/g, "+"));
await page.selectOption("#base", String(data.base));
same("and back again all is as before", await shown(page), before);

const procs = [...new Set(data.cells.map(c => c.procs))];
await page.click("#controls summary");
if (procs.length > 1) {
	await page.uncheck(`input[data-filter=p][value="${procs.at(-1)}"]`);
	const left = await shown(page);
	same("a filter leaves the other columns", Object.keys(left).map(i => data.cells[i].procs !== procs.at(-1)), Object.keys(left).map(() => true));
	check("and changes no figure", Object.entries(left).every(([i, text]) => text === before[i]), left);
}
await page.uncheck(`input[data-filter=backend][value="${data.backends[other].name}"]`);
check("a back end can be hidden", Object.keys(await shown(page)).every(i => data.cells[i].backend !== data.backends[other].name));
const word = order.at(-1).slice(0, 3).toLowerCase();
await page.fill("#find", word);
same("what is looked for alone is shown", await names(page), order.filter(n => n.toLowerCase().includes(word)));
await page.click("#controls button");
same("and all of it again", await shown(page), before);

const column = data.cells.find(c => c.ratios[data.base]?.estimate).column;
const header = `#heat th[data-col="${column}"]`;
const ratios = async () => (await page.evaluate(k => [...document.querySelectorAll("#heat tbody tr")].map(tr => tr.cells[1 + k].dataset.c), column))
	.map(i => i === undefined ? undefined : data.cells[i].ns_per_op && data.cells[i].ratios[data.base]?.estimate);
const sorted = (list, sign) => { const v = list.filter(x => x != null); return v.every((x, i) => !i || sign * (x - v[i - 1]) >= 0) && list.slice(v.length).every(x => x == null); };
await page.click(header + " button");
check("a click on a column sorts by it", sorted(await ratios(), 1), await ratios());
same("and says so", await page.getAttribute(header, "aria-sort"), "ascending");
await page.click(header + " button");
check("another the other way round", sorted(await ratios(), -1), await ratios());
await page.click(header + " button");
same("a third puts it back", await names(page), order);

/* ---- A cell, close ---- */
const cell = data.cells.findIndex(c => c.samples.length > 1 && c.ns_per_op);
await page.click(`#heat td[data-c="${cell}"] a`);
const close = await page.textContent("dialog[open]");
check("a click opens the cell", close.includes(data.cells[cell].command) && close.includes(data.cells[cell].ns_per_op.range), close);
same("with each sample", await page.locator("dialog .scroll tbody tr").count(), data.cells[cell].samples.length);
check("a point for each that has a time", await page.locator("dialog .dot").count() === data.cells[cell].ns_per_op.n);
same("and the address has it", await hash(page), "#cell=" + cell);
await picture(page, "cell");
await escape(page);
same("Escape closes it", [await page.locator("dialog[open]").count(), await hash(page)], [0, ""]);
same("and the cell has the focus", await page.evaluate(() => document.activeElement.parentElement.dataset.c), String(cell));
await done(page);

/* ---- An address that somebody sent ---- */
const view = `#base=${encodeURIComponent(data.backends[other].name)}&p=${procs[0]}&sort=-name&cell=${cell}`;
const sent = await open(url + view);
same("an address brings its view back: baseline", await sent.inputValue("#base"), String(other));
same("order", await names(sent), [...order].sort((a, b) => b.localeCompare(a)));
check("columns", Object.keys(await shown(sent)).every(i => data.cells[i].procs === procs[0]));
check("and the cell", (await sent.textContent("dialog[open] h2")).includes(data.cells[cell].backend));
await escape(sent);
same("without it the rest stays", new URLSearchParams((await hash(sent)).slice(1)).get("sort"), "-name");
await done(sent);
const nonsense = await open(url + "#base=%3Cscript%3E&sort=999999&cell=-7&p=x&kind=%00");
check("nonsense in an address is left alone", Object.keys(await shown(nonsense)).length >= 0);
await done(nonsense);

/* ---- By keyboard ---- */
const keys = await open(url);
let reached = false;
for (let i = 0; i < 400 && !reached; i++) {
	await keys.keyboard.press("Tab");
	reached = await keys.evaluate(() => document.activeElement.closest("#heat td[data-c]") !== null);
}
check("the keyboard reaches a cell", reached);
const at = await keys.evaluate(() => document.activeElement.parentElement?.dataset.c);
await keys.keyboard.press("Enter");
same("and opens it", [await keys.locator("dialog[open]").count(), await hash(keys)], [1, "#cell=" + at]);
await keys.keyboard.press("Tab");
check("where the focus stays inside", await keys.evaluate(() => document.activeElement.closest("dialog") !== null || document.activeElement === document.body));
await escape(keys);
same("and closes it", await keys.locator("dialog[open]").count(), 0);
const unnamed = await keys.evaluate(() => [...document.querySelectorAll("button, select, input, a, img, [role=region], [role=img], table th")]
	.filter(e => !(e.textContent.trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.alt || e.labels?.length || e.title)).map(e => e.outerHTML.slice(0, 80)));
same("all that can be used has a name for those who do not see it", unnamed, []);

/* ---- Letters on colours ---- */
const contrast = p => p.evaluate(() => {
	const rgb = text => text.match(/[\d.]+/g).map(Number);
	const light = c => c.slice(0, 3).map(x => x / 255).map(x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4).reduce((s, x, i) => s + x * [.2126, .7152, .0722][i], 0);
	const paper = rgb(getComputedStyle(document.body).backgroundColor);
	let least = 21;
	for (let s = 0; s < 9; s++) {
		const td = document.createElement("td");
		td.className = "s" + s;
		document.querySelector("#heat tbody tr").append(td);
		const c = rgb(getComputedStyle(td).backgroundColor), ink = light(rgb(getComputedStyle(td).color)), a = c.length > 3 ? c[3] : 1;
		const ground = light(c.slice(0, 3).map((x, i) => a * x + (1 - a) * paper[i]));
		least = Math.min(least, (Math.max(ink, ground) + .05) / (Math.min(ink, ground) + .05));
		td.remove();
	}
	return { least, dark: light(paper) < .2 };
});
const inLight = await contrast(keys);
check("letters stand out from every colour, light", inLight.least >= 4.5 && !inLight.dark, inLight);
await keys.emulateMedia({ colorScheme: "dark" });
const inDark = await contrast(keys);
check("and dark", inDark.least >= 4.5 && inDark.dark, inDark);
await picture(keys, "dark");
await keys.emulateMedia({ colorScheme: "light", media: "print" });
check("paper has no controls", !await keys.isVisible("#controls") && await keys.isVisible("#heat"));
await picture(keys, "print");
await done(keys);

/* ---- On a phone, and without a script ---- */
const phone = await open(url, { viewport: { width: 380, height: 760 } });
check("380 pixels are wide enough", await wide(phone) <= 0, await wide(phone));
await picture(phone, "phone");
await phone.evaluate(() => document.querySelectorAll("details").forEach(d => { d.open = true; }));
check("with all that opens, too", await wide(phone) <= 0, await wide(phone));
await phone.locator(`#heat td[data-c="${cell}"] a`).click();
check("and a cell open", await wide(phone) <= 0 && await phone.evaluate(() => { const d = document.querySelector("dialog"); return d.scrollWidth <= d.clientWidth; }));
await picture(phone, "phone-cell");
await done(phone);

const plain = await open(url, { javaScriptEnabled: false });
check("without a script the table is there", (await plain.textContent(`#heat td[data-c="${cell}"]`)).includes(data.cells[cell].ns_per_op.text));
await plain.click(`#heat td[data-c="${cell}"] a`);
check("and a cell leads to its figures", (await plain.textContent(`#cell-${cell}`)).includes(data.cells[cell].ns_per_op.range) && plain.url().endsWith("#cell-" + cell));
await picture(plain, "no-script");
await done(plain);

/* ---- A run that means harm ---- */
{
	const bad = await open(pathToFileURL(resolve(hostile)).href);
	const text = await bad.textContent("#heat");
	check("what looks like markup is text", text.includes("<script>") && await bad.locator("#heat script, #heat img, main script").count() === 0);
	await bad.locator("#heat td[data-c] a").first().click();
	check("in a cell, too", (await bad.textContent("dialog[open]")).includes("<") && await bad.locator("dialog script, dialog img").count() === 0);
	await picture(bad, "hostile");
	await done(bad);
}
/* ---- Curves ---- */
{
	const page = await open(pathToFileURL(resolve(curves)).href), figure = page.locator("figure:has(script.curves)").first(), chart = () => figure.evaluate(f => f.chart && [f.chart.scales.x.min, f.chart.scales.x.max]);
	const panels = await figure.evaluate(f => JSON.parse(f.querySelector("script.curves").textContent).panels);
	check("a figure that is curves has its picture first", await figure.locator("img").isVisible() && !await figure.locator("canvas").count());
	await figure.locator("button").click();
	check("a button puts a chart in its place", !await figure.locator("img").isVisible() && await figure.locator("canvas").isVisible());
	same("with a line for each back end", await figure.locator(".u-legend tr:not(.edge) .u-label").allTextContents(), [await figure.evaluate(f => f.chart.series[0].label), ...panels[0].lines.map(l => l.name)]);
	same("and its points", await figure.evaluate(f => f.chart.data[1].filter(v => v !== null && v !== undefined)), panels[0].lines[0].at.map(p => p[1]));
	await picture(page, "curve");
	const all = await chart(), over = await figure.locator(".u-over").boundingBox();
	await page.mouse.move(over.x + over.width * .3, over.y + 40);
	await page.mouse.down();
	await page.mouse.move(over.x + over.width * .5, over.y + 42, { steps: 4 });
	await page.mouse.up();
	const near = await chart();
	check("dragging over a part shows that", near[0] > all[0] && near[1] < all[1], { all, near });
	await page.mouse.dblclick(over.x + over.width * .5, over.y + 40);
	same("a double click all of it", await chart(), all);
	await figure.locator("button").click();
	check("and the button the picture again", await figure.locator("img").isVisible());
	await done(page);
}

/* ---- Traces ---- */
{
	const traces = await open(url), gantt = traces.locator("#traces figure.gantt").first(), canvas = gantt.locator("canvas");
	const colours = () => canvas.evaluate(c => new Set(new Uint32Array(c.getContext("2d").getImageData(0, 0, c.width, c.height).data.buffer)).size);
	const shows = () => gantt.evaluate(f => [f.gantt.from, f.gantt.to]);
	await canvas.scrollIntoViewIfNeeded();
	await traces.waitForFunction(() => document.querySelector("figure.gantt").gantt?.scale > 0);
	check("a picture for each workload that was traced", await traces.locator("#traces figure.gantt").count() === 2);
	const drawn = await colours();
	check("that has been drawn", drawn > 3, drawn);
	await picture(traces, "traces");
	const all = await shows();
	await canvas.focus();
	await traces.keyboard.press("+");
	const near = await shows();
	check("a key shows less time of it", near[1] - near[0] < (all[1] - all[0]) * 0.7, [all, near]);
	await traces.keyboard.press("0");
	same("and another all", await shows(), all);
	const running = await gantt.evaluate(f => { const r = f.gantt.rows[0]; return { x: f.gantt.x((r.at[0] + r.until[0]) / 2), y: r.y + 5 }; });
	await canvas.hover({ position: running });
	check("who ran is said where the pointer is", /^G 1 \(.*\) on P 0 for /.test(await gantt.locator("output").textContent()), await gantt.locator("output").textContent());
	await done(traces);
}

same("no console error, no request, no dialog", trouble, []);
await browser.close();
process.exit(failed ? 1 : 0);

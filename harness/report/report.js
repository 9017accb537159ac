/* SPDX-License-Identifier: Apache-2.0
 *
 * report.js: what the page can do beyond being read: another baseline, filters, sorting,
 * a cell close up, and all of that in the address, so that a view can be sent.  No figure
 * is computed here: each is in the data, with its text, and is put in place.
 */
"use strict";
(() => {
	const data = JSON.parse(document.getElementById("data").textContent);
	const heat = document.getElementById("heat");
	if (!heat)
		return;
	const body = heat.tBodies[0], lines = [...body.rows], order = new Map(lines.map((tr, i) => [tr, i]));
	const tds = new Map([...heat.querySelectorAll("td[data-c]")].map(td => [+td.dataset.c, td]));
	const columns = [...heat.querySelectorAll("th[data-col]")].map(th => ({ th, cells: lines.map(tr => tr.cells[1 + +th.dataset.col]) }));
	const first = data.cells.reduce((seen, c) => (seen[c.column] = c, seen), []);
	columns.forEach((c, i) => { c.backend = first[i].backend; c.p = String(first[i].procs); });

	/* Elements are made from text alone, never from markup. */
	const make = (tag, attributes, ...inside) => {
		const e = document.createElement(tag);
		for (const [k, v] of Object.entries(attributes || {}))
			k.startsWith("on") ? e.addEventListener(k.slice(2), v) : e.setAttribute(k, v);
		e.append(...inside.filter(x => x !== null && x !== ""));
		return e;
	};
	const says = (c, base) => {
		const r = c.ratios[base], name = data.backends[base].name;
		return name === c.backend ? "the baseline" : !r ? `no ratio to ${name}` : `${r.text} the time of ${name}, ${r.range}: ${r.verdict}`;
	};
	const unique = list => [...new Set(list)];

	/* ---- The view, and its address ---- */
	const filters = {
		kind: { title: "Kind", all: unique(lines.flatMap(tr => tr.dataset.kinds.split(" ").filter(Boolean))).sort() },
		backend: { title: "Back end", all: data.backends.map(b => b.name) },
		p: { title: "P", all: unique(columns.map(c => c.p)) },
		pin: { title: "Pinning", all: unique(lines.map(tr => tr.dataset.pin)) },
	};
	const fresh = () => ({ base: data.base, hidden: { kind: new Set(), backend: new Set(), p: new Set(), pin: new Set() }, text: "", sort: "", cell: -1 });
	let view = fresh();

	const read = () => {
		const hash = new URLSearchParams(location.hash.slice(1)), v = fresh();
		const base = data.backends.findIndex(b => b.name === hash.get("base"));
		v.base = base < 0 ? v.base : base;
		for (const key of Object.keys(filters))
			if (hash.has(key)) {
				const shown = hash.getAll(key);
				v.hidden[key] = new Set(filters[key].all.filter(x => !shown.includes(x)));
			}
		v.text = hash.get("find") || "";
		v.sort = /^-?(name|\d+)$/.test(hash.get("sort") || "") ? hash.get("sort") : "";
		const plain = /^#cell-(\d+)$/.exec(location.hash), cell = plain ? plain[1] : hash.get("cell");
		v.cell = cell !== null && data.cells[+cell] ? +cell : -1;
		return v;
	};
	const write = () => {
		const hash = new URLSearchParams();
		if (view.base !== data.base)
			hash.set("base", data.backends[view.base].name);
		for (const key of Object.keys(filters))
			if (view.hidden[key].size)
				for (const x of filters[key].all.filter(x => !view.hidden[key].has(x)).concat(
					view.hidden[key].size === filters[key].all.length ? [""] : []))
					hash.append(key, x);
		if (view.text)
			hash.set("find", view.text);
		if (view.sort)
			hash.set("sort", view.sort);
		if (view.cell >= 0)
			hash.set("cell", view.cell);
		history.replaceState(null, "", String(hash) ? "#" + hash : location.pathname + location.search);
	};

	/* ---- The table, as the view has it ---- */
	const showBase = () => {
		document.getElementById("base-name").textContent = data.backends[view.base].name;
		for (const [id, td] of tds) {
			const c = data.cells[id], r = c.ratios[view.base], b = td.querySelector("b");
			td.className = td.className.replace(/\bs\d\b/, "s" + ((r ? r.shade : 0) + 4));
			if (!b)
				continue;
			b.textContent = r ? r.text : "\u2013";
			td.firstChild.title = `${c.backend} at P = ${c.procs}: ${says(c, view.base)}`;
		}
	};
	const showFilters = () => {
		const find = view.text.toLowerCase();
		for (const tr of lines) {
			const kinds = tr.dataset.kinds.split(" ").filter(Boolean);
			tr.hidden = (kinds.length > 0 && kinds.every(k => view.hidden.kind.has(k))) || view.hidden.pin.has(tr.dataset.pin) ||
				!tr.cells[0].textContent.toLowerCase().includes(find);
		}
		for (const c of columns) {
			const gone = view.hidden.backend.has(c.backend) || view.hidden.p.has(c.p);
			for (const e of [c.th, ...c.cells])
				e.hidden = gone;
		}
		for (const th of heat.querySelectorAll("th[data-p]")) {
			const n = columns.filter(c => c.p === th.dataset.p && !c.th.hidden).length;
			th.hidden = !n;
			th.colSpan = n || 1;
		}
		const n = lines.filter(tr => !tr.hidden).length;
		status.textContent = n === lines.length ? "" : `${n} of ${lines.length} workloads shown`;
	};
	const showSort = () => {
		const down = view.sort.startsWith("-"), by = view.sort.replace("-", "");
		const value = tr => {
			const td = tr.cells[1 + +by], c = td && td.dataset.c ? data.cells[+td.dataset.c] : null, r = c && c.ratios[view.base];
			return r && c.ns_per_op ? (r.estimate === undefined ? 1 : r.estimate) : null;
		};
		const text = tr => tr.cells[0].textContent;
		const compare = (x, y) => {
			if (by === "name")
				return (down ? -1 : 1) * text(x).localeCompare(text(y)) || order.get(x) - order.get(y);
			const a = by && value(x), b = by && value(y);
			if (!by || a === b)
				return order.get(x) - order.get(y);
			return a === null ? 1 : b === null ? -1 : (down ? -1 : 1) * (a - b);     /* none: last, always */
		};
		body.append(...lines.slice().sort(compare));
		for (const th of [heat.querySelector("thead th"), ...columns.map(c => c.th)]) {
			const mine = th.dataset.col === undefined ? "name" : th.dataset.col;
			mine === by ? th.setAttribute("aria-sort", down ? "descending" : "ascending") : th.removeAttribute("aria-sort");
		}
	};

	/* ---- A cell, close ---- */
	const dialog = make("dialog", { "aria-labelledby": "close-h" });
	const facts = (title, object) => Object.keys(object).length ? make("div", {}, make("h3", {}, title),
		make("table", { class: "plain" }, make("tbody", {}, ...Object.entries(object).map(([k, v]) =>
			make("tr", {}, make("th", { scope: "row" }, k), make("td", {}, v)))))) : "";
	const strip = c => {
		const at = x => `left: ${x / 10}%`, inner = make("div", {},
			make("i", { class: "band", style: `${at(c.axis.low)}; width: ${(c.axis.high - c.axis.low) / 10}%` }),
			make("i", { class: "mid", style: at(c.axis.median) }));
		c.samples.forEach(([, x, , disturbed = 0], i) => x >= 0 && inner.append(make("i",
			{ class: disturbed ? "dot disturbed" : "dot", style: `${at(x)}; top: ${12 + i % 4 * 20}%` })));
		return make("div", {}, make("div", { class: "strip", role: "img",
			"aria-label": `${c.ns_per_op.n} measurements from ${c.axis.from} to ${c.axis.to}; median ${c.ns_per_op.text}, interval ${c.ns_per_op.range}` }, inner),
		make("div", { class: "ends" }, make("span", {}, c.axis.from), make("span", {}, c.axis.to)));
	};
	const figures = c => {
		const o = {}, m = (k, v) => { if (v) o[k] = `${v.text}, interval ${v.range}, n = ${v.n}`; };
		m("Time of an operation", c.ns_per_op);
		if (c.ns_per_op)
			o["The interval holds the true median"] = `in ${c.covers} of all cases`;
		m("CPU time of it, all threads", c.cpu_ns_per_op);
		m("Memory at most", c.peak_rss_bytes);
		m("Switches by the kernel", c.switches_per_op);
		data.backends.forEach((b, i) => { if (c.ratios[i] && b.name !== c.backend) o[`Against ${b.name}`] = says(c, i); });
		if (c.rank)
			o.Rank = `#${c.rank} of its line at this P`;
		if (c.clusters)
			o["Two kinds of processes"] = `${c.clusters.below} and ${c.clusters.above}, with a gap between: the median says little`;
		o["Noise floor"] = data.floor + (c.smallest === null ? "; no difference can be told here" : `; half of the pairs of this line are told apart, 4 times in 5, where they differ by ${c.smallest}`);
		o.Measurements = Object.entries(c.statuses).map(([k, n]) => `${n} ${k}`).join(", ") + (c.disturbed ? `; ${c.disturbed} disturbed by others` : "");
		if (c.reason)
			o["Why not all are ok"] = c.reason;
		return o;
	};
	const close = () => { if (dialog.open) dialog.close(); };
	const showCell = () => {
		const c = data.cells[view.cell];
		if (!c)
			return close();
		dialog.replaceChildren(
			make("header", {}, make("h2", { id: "close-h" }, `${c.label} on ${c.backend}, P = ${c.procs}`),
				make("button", { type: "button", "aria-label": "Close", onclick: close }, "\u2715")),
			c.axis ? strip(c) : "", facts("Figures", figures(c)),
			make("h3", {}, "Measure it again"), make("pre", {}, make("code", {}, c.command)),
			make("h3", {}, "Every measurement"),
			make("div", { class: "scroll", tabindex: "0" }, make("table", { class: "plain" }, make("thead", {}, make("tr", {},
				...["Repetition", "Time of an operation", "Disturbed", "Attempts", "The first attempt"].map(t => make("th", { scope: "col" }, t)))),
			make("tbody", {}, ...c.samples.map(([rep, , time, disturbed = 0, attempts = 1, was = ""]) => make("tr", {}, make("td", {}, String(rep + 1)),
				make("td", {}, time), make("td", {}, disturbed ? "yes" : ""), make("td", {}, String(attempts)), make("td", {}, was)))))),
			make("div", { class: "groups" }, facts("Latency", c.latency), facts("In the timed loop (medians)", c.loop),
				facts("The whole process", c.process), facts("Counted by the processor", c.hardware), facts("What others took", c.others)));
		if (!dialog.open)
			dialog.showModal();
		dialog.scrollTop = 0;
	};
	dialog.addEventListener("close", () => {
		const td = tds.get(view.cell);
		view.cell = -1;
		write();
		if (td && !td.hidden)
			td.firstChild.focus();
	});
	dialog.addEventListener("click", e => { if (e.target === dialog) close(); });
	document.body.append(dialog);

	/* ---- Controls ---- */
	const status = make("span", { role: "status" }), controls = document.getElementById("controls");
	const change = f => { f(); write(); show(); };
	const base = make("select", { id: "base", onchange: e => change(() => { view.base = +e.target.value; }) },
		...data.backends.map((b, i) => make("option", { value: i }, b.model ? `${b.name} (${b.model})` : b.name)));
	const find = make("input", { id: "find", type: "search", oninput: e => change(() => { view.text = e.target.value; }) });
	const boxes = [];
	const fieldsets = Object.entries(filters).filter(([, f]) => f.all.length > 1).map(([key, f]) => make("fieldset", {}, make("legend", {}, f.title),
		...f.all.map(x => {
			const box = make("input", { type: "checkbox", "data-filter": key, value: x,
				onchange: e => change(() => view.hidden[key][e.target.checked ? "delete" : "add"](x)) });
			boxes.push(box);
			return make("label", {}, box, " " + x);
		})));
	controls.append(make("label", { for: "base" }, "Baseline "), base, make("label", { for: "find" }, "Find "), find,
		make("button", { type: "button", onclick: () => change(() => { view = fresh(); }) }, "Show all"), status,
		fieldsets.length ? make("details", {}, make("summary", {}, "Filters"), ...fieldsets) : "");
	for (const th of [heat.querySelector("thead th"), ...columns.map(c => c.th)]) {
		const key = th.dataset.col === undefined ? "name" : th.dataset.col;
		const button = make("button", { type: "button", title: "Sort by this column", onclick: () => change(() => {
			view.sort = view.sort === key ? "-" + key : view.sort === "-" + key ? "" : key;
		}) }, ...th.childNodes);
		th.replaceChildren(button);
	}
	heat.addEventListener("click", e => {
		const td = e.target.closest("td[data-c]");
		if (!td || e.ctrlKey || e.metaKey || e.shiftKey)
			return;
		e.preventDefault();
		change(() => { view.cell = +td.dataset.c; });
	});

	const show = () => {
		base.value = view.base;
		find.value = view.text;
		for (const box of boxes)
			box.checked = !view.hidden[box.dataset.filter].has(box.value);
		showBase();
		showFilters();
		showSort();
		showCell();
	};
	addEventListener("hashchange", () => { if (/^#[a-z]+$/.test(location.hash)) return; view = read(); show(); });
	view = read();
	show();
})();

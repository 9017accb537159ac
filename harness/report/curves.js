/* SPDX-License-Identifier: Apache-2.0
 *
 * curves.js: figures that are curves can be zoomed: a button puts a chart of the same points
 * in the picture's place, drawn by uPlot.
 */
"use strict";
(() => {
	/* The colours of scripts/plot/style.gp; black is the ink of the page. */
	const colours = ["#0072B2", "#009E73", "#D55E00", "", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442"];
	const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
	const scaled = (v, units, by) => {
		let i = 0;
		while (i + 1 < units.length && Math.abs(v) >= by) { v /= by; i++; }
		return Number(v.toPrecision(3)) + " " + units[i];
	};
	const time = v => scaled(v, ["ns", "µs", "ms", "s"], 1000);
	const bytes = v => scaled(v, ["B", "kB", "MB", "GB"], 1000);
	const share = v => Number((v * 100).toPrecision(3)) + " %";
	const plain = v => Number(v.toPrecision(6)).toLocaleString("en");
	/* Of quantities, and of what they are drawn against. */
	const formats = { latency_ns: time, ns_per_task: time, bytes_per_task: bytes, efficiency_at_ns: share };
	/* Each step to the right is a tenth of what was left, so that the tail is as wide as the
	 * middle, as in the picture. */
	const tail = q => q >= 100 ? 4 : -Math.log10(1 - q / 100);
	const untail = x => x >= 4 ? "max" : Number((100 * (1 - 10 ** -x)).toPrecision(4)) + " %";
	const across = {
		percent: { at: tail, say: untail, log: false, splits: [tail(50), 1, 2, 3, 4] },
		tasks: { at: x => x, say: plain, log: true },
		ns: { at: x => x, say: time, log: true },
	};

	const chart = (box, figure, panel) => {
		const x = across[figure.across], say = formats[panel.of], ink = style("--ink"), faint = style("--line");
		const linear = panel.of === "efficiency_at_ns";
		const tables = [], series = [{ label: figure.across, value: (u, v) => v === null ? "" : x.say(v) }], bands = [];
		for (const line of panel.lines) {
			const at = line.at.filter(p => linear || p[2] > 0), colour = colours[line.series % 8] || ink;
			const edge = { class: "edge", stroke: "transparent", points: { show: false }, spanGaps: true };
			tables.push([at.map(p => x.at(p[0])), ...[1, 2, 3].map(i => at.map(p => p[i]))]);
			series.push({ label: line.name, stroke: colour, width: 2, points: { show: true, size: 7 }, spanGaps: true,
			              value: (u, v) => v === null || v === undefined ? "" : say(v) }, edge, edge);
			bands.push({ series: [series.length - 1, series.length - 2], fill: colour.startsWith("#") ? colour + "33" : "#8883" });
		}
		const axis = { stroke: ink, grid: { stroke: faint, width: 1 }, ticks: { stroke: faint } };
		box.textContent = "";
		return new uPlot({
			width: box.clientWidth, height: Math.min(420, Math.max(260, innerHeight * .55)), series, bands,
			scales: { x: { time: false, distr: x.log ? 3 : 1 }, y: { distr: linear ? 1 : 3 } },
			axes: [{ ...axis, ...(x.splits && { splits: () => x.splits }), values: (u, v) => v.map(n => n === null ? "" : x.say(n)) },
			       { ...axis, size: 70, values: (u, v) => v.map(n => n === null ? "" : say(n)) }],
			cursor: { drag: { x: true, y: true, uni: 20 } },
		}, uPlot.join(tables), box);
	};

	for (const script of document.querySelectorAll("script.curves")) {
		const data = JSON.parse(script.textContent), figure = script.parentElement, picture = figure.querySelector("img");
		const bar = document.createElement("p"), button = document.createElement("button"), box = document.createElement("div");
		const choice = document.createElement("select");
		let drawn = null;

		bar.className = "zoom";
		box.className = "curve";
		box.hidden = choice.hidden = true;
		button.type = "button";
		button.textContent = "Zoom into " + (data.panels.length > 1 ? "a panel" : "it");
		choice.setAttribute("aria-label", "Which panel");
		data.panels.forEach((p, i) => choice.add(new Option(p.title + (data.panels.some(q => q.title === p.title && q.of !== p.of)
			? ", " + p.of.replaceAll("_", " ") : ""), i)));
		const draw = () => {
			drawn?.destroy();
			drawn = box.hidden ? null : chart(box, data, data.panels[choice.value]);
			figure.chart = drawn;
		};
		button.addEventListener("click", () => {
			box.hidden = !box.hidden;
			picture.hidden = !box.hidden;
			choice.hidden = box.hidden || data.panels.length < 2;
			button.textContent = box.hidden ? "Zoom into " + (data.panels.length > 1 ? "a panel" : "it") : "The picture again";
			draw();
		});
		choice.addEventListener("change", draw);
		matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
		new ResizeObserver(() => drawn && drawn.width !== box.clientWidth && drawn.setSize({ width: box.clientWidth, height: drawn.height })).observe(box);
		bar.append(button, " ", choice, Object.assign(document.createElement("small"),
			{ textContent: " Drag over a part of the chart to see it large; a double click shows all." }));
		bar.lastChild.hidden = true;
		button.addEventListener("click", () => { bar.lastChild.hidden = box.hidden; });
		picture.after(bar, box);
	}
})();

// SPDX-License-Identifier: Apache-2.0
//
// gantt.js: makes a canvas of each figure.gantt on the page, from the JSON in it.  One time
// axis for all panels.  A row draws a span only if it is not within the pixel that was drawn
// last, so that a frame costs as much as it has pixels, and the spans in sight.
"use strict";
(() => {
	const ROW = 17, TITLE = 30, GAP = 7, AXIS = 26, RIGHT = 10, LETTER = 6.2;
	const RUNNING = 1;
	const states = ["Runnable", "Running", "Waiting", "in a call"];
	const heights = [0.42, 0.86, 0.14, 0.42];

	const duration = (ns) => {
		for (const [unit, by] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]])
			if (Math.abs(ns) >= by) return (ns / by).toPrecision(3) + " " + unit;
		return Math.round(ns) + " ns";
	};

	// A row's numbers as arrays: where spans begin and end, and what they are.
	const unpack = (row, from) => {
		const width = row.g === undefined ? 3 : 5, n = row.d.length / width;
		row.at = new Float64Array(n);
		row.until = new Float64Array(n);
		for (let i = 0, at = from; i < n; i++) {
			row.at[i] = at += row.d[i * width];
			row.until[i] = at += row.d[i * width + 1];
		}
		row.width = width;
		row.n = n;
	};

	// The first span that ends after a time.
	const first = (row, time) => {
		let low = 0, high = row.n;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (row.until[middle] > time) high = middle; else low = middle + 1;
		}
		return low;
	};

	class Gantt {
		constructor(figure) {
			this.canvas = figure.querySelector("canvas");
			this.said = figure.querySelector("output");
			this.data = JSON.parse(figure.querySelector("script").textContent);
			this.style = getComputedStyle(figure);
			this.from = this.data.from;
			this.to = this.data.to;
			let y = 0;
			this.rows = [];
			this.left = 60;
			for (const panel of this.data.panels) {
				panel.y = y += TITLE;
				let ps = true;
				for (const row of panel.rows) {
					unpack(row, this.data.from);
					if (ps && row.g !== undefined) { y += GAP; ps = false; }
					row.y = y;
					row.panel = panel;
					this.left = Math.max(this.left, Math.min(22, row.name.length) * LETTER + 12);
					this.rows.push(row);
					y += ROW;
				}
				if (panel.hidden) y += ROW;
			}
			this.height = y + AXIS;
			this.canvas.style.height = this.height + "px";
			this.listen();
			new ResizeObserver(() => this.later()).observe(this.canvas);
			matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.later());
		}

		later() {
			if (this.due) return;
			this.due = true;
			requestAnimationFrame(() => { this.due = false; this.draw(); });
		}

		color(name) { return this.style.getPropertyValue("--gantt-" + name); }

		x(time) { return this.left + (time - this.from) * this.scale; }

		draw() {
			const ratio = window.devicePixelRatio || 1, width = this.canvas.clientWidth, c = this.canvas.getContext("2d");
			this.canvas.width = width * ratio;
			this.canvas.height = this.height * ratio;
			c.setTransform(ratio, 0, 0, ratio, 0, 0);
			this.scale = (width - this.left - RIGHT) / (this.to - this.from);
			this.ink = [this.color("able"), "", this.color("wait"), this.color("call")];
			c.textBaseline = "middle";
			this.axis(c, width);
			for (const panel of this.data.panels) {
				c.font = "600 13px system-ui, sans-serif";
				c.fillStyle = this.color("ink");
				c.fillText(panel.title, 0, panel.y - 9);
				if (panel.hidden) {
					const last = panel.rows[panel.rows.length - 1];
					c.font = "11px system-ui, sans-serif";
					c.fillText(`and ${panel.hidden} G${panel.hidden > 1 ? "s" : ""} that ran for less time`, this.left, last.y + ROW * 1.5);
				}
			}
			c.font = "11px system-ui, sans-serif";
			for (const row of this.rows) {
				c.fillStyle = this.color("ink");
				c.textAlign = "right";
				c.fillText(row.name.length > 22 ? row.name.slice(0, 21) + "…" : row.name, this.left - 6, row.y + ROW / 2);
				c.textAlign = "left";
			}
			c.save();
			c.beginPath();
			c.rect(this.left, 0, width - this.left - RIGHT, this.height);
			c.clip();
			for (const row of this.rows) this.row(c, row);
			c.restore();
		}

		axis(c, width) {
			const bottom = this.height - AXIS, about = (this.to - this.from) / Math.max(2, (width - this.left) / 110);
			let step = 10 ** Math.floor(Math.log10(about));
			step *= about / step > 5 ? 10 : about / step > 2 ? 5 : about / step > 1 ? 2 : 1;
			step = Math.max(1, step);
			c.font = "11px system-ui, sans-serif";
			c.lineWidth = 1;
			const [unit, by] = step >= 1e8 ? ["s", 1e9] : step >= 1e5 ? ["ms", 1e6] : step >= 1e2 ? ["µs", 1e3] : ["ns", 1];
			const places = Math.max(0, -Math.floor(Math.log10(step / by) + 1e-9));
			for (let t = Math.ceil(this.from / step) * step; t <= this.to; t += step) {
				const x = Math.round(this.x(t)) + 0.5;
				c.strokeStyle = this.color("line");
				c.beginPath();
				c.moveTo(x, 0);
				c.lineTo(x, bottom + 4);
				c.stroke();
				c.fillStyle = this.color("soft");
				c.textAlign = x > width - 40 ? "right" : "center";
				c.fillText((t / by).toFixed(places) + " " + unit, x, bottom + 14);
			}
			c.textAlign = "left";
		}

		row(c, row) {
			const middle = row.y + ROW / 2, end = this.to, gs = row.panel.gs, why = row.panel.why;
			let drawn = -1;         // the pixel up to which something is drawn
			for (let i = first(row, this.from); i < row.n && row.at[i] < end; i++) {
				const a = Math.max(this.x(row.at[i]), this.left), b = this.x(row.until[i]);
				if (b <= drawn) continue;
				const at = i * row.width + 2, state = row.width === 3 ? RUNNING : row.d[at];
				const g = row.width === 3 ? row.d[at] : row.g, height = heights[state] * ROW;
				const x = Math.max(a, drawn), w = Math.max(b - x, 0.7);
				c.fillStyle = state === RUNNING ? gs[g][1] : this.ink[state];
				c.fillRect(x, middle - height / 2, w, height);
				drawn = x + w;
				if (b - a < 24) continue;
				const right = Math.min(b, this.canvas.clientWidth - RIGHT);
				const label = row.width === 3 ? gs[g][0].split(" (")[0] : state === RUNNING ? "" : why[row.d[at + 1]];
				if (!label || right - a < label.length * LETTER + 4) continue;
				c.textAlign = "center";
				c.fillStyle = state === RUNNING ? "#fff" : this.color("soft");
				c.font = state === RUNNING ? "11px system-ui, sans-serif" : "10px system-ui, sans-serif";
				c.fillText(label, (a + right) / 2, state === RUNNING ? middle : middle - 1 - ROW / 4);
				c.textAlign = "left";
			}
		}

		say(x, y) {
			const time = this.from + (x - this.left) / this.scale;
			const row = this.rows.find((r) => y >= r.y && y < r.y + ROW);
			this.said.textContent = "";
			if (!row || x < this.left) return;
			const i = first(row, time), at = i * row.width + 2;
			// What is narrower than the pointer can hit is near enough.
			if (i >= row.n || row.at[i] > time + 1.5 / this.scale) {
				this.said.textContent = row.name + (row.width === 3 ? ": nobody" : ": not there") + ", at " + duration(time);
				return;
			}
			const span = " for " + duration(row.until[i] - row.at[i]) + ", from " + duration(row.at[i]) + " on";
			if (row.width === 3) {
				this.said.textContent = row.panel.gs[row.d[at]][0] + " on " + row.name + span;
				return;
			}
			const why = row.panel.why[row.d[at + 1]], by = row.d[at + 2];
			this.said.textContent = row.name + ": " + states[row.d[at]] + (why ? ", " + why : "") +
				(by >= 0 ? " by " + row.panel.gs[by][0] : "") + span;
		}

		// Shows the same time less (factor < 1) or more around the place x.
		zoom(factor, x) {
			const all = this.data.to - this.data.from, at = this.from + (x - this.left) / this.scale;
			const width = Math.min(all, Math.max(20, (this.to - this.from) * factor));
			this.show(at - (x - this.left) / this.scale * width / (this.to - this.from), width);
		}

		show(from, width) {
			this.from = Math.min(Math.max(from, this.data.from), this.data.to - width);
			this.to = this.from + width;
			this.later();
		}

		move(share) { this.show(this.from + (this.to - this.from) * share, this.to - this.from); }

		listen() {
			const canvas = this.canvas, middle = () => (this.left + canvas.clientWidth) / 2;
			let held = null;
			canvas.addEventListener("wheel", (e) => {
				if (!e.deltaY && e.deltaX) { this.move(e.deltaX / canvas.clientWidth); e.preventDefault(); return; }
				if (e.shiftKey || e.altKey) return;     // the page's
				e.preventDefault();
				this.zoom(Math.exp(Math.sign(e.deltaY) * Math.min(Math.abs(e.deltaY), 100) / 300), e.offsetX);
			}, { passive: false });
			canvas.addEventListener("pointerdown", (e) => {
				held = { x: e.offsetX, from: this.from };
				canvas.setPointerCapture(e.pointerId);
			});
			canvas.addEventListener("pointermove", (e) => {
				if (held) this.show(held.from - (e.offsetX - held.x) / this.scale, this.to - this.from);
				else this.say(e.offsetX, e.offsetY);
			});
			canvas.addEventListener("pointerup", () => { held = null; });
			canvas.addEventListener("pointercancel", () => { held = null; });
			canvas.addEventListener("dblclick", () => this.show(this.data.from, this.data.to - this.data.from));
			canvas.addEventListener("keydown", (e) => {
				const keys = {
					"+": () => this.zoom(0.6, middle()), "=": () => this.zoom(0.6, middle()),
					"-": () => this.zoom(1 / 0.6, middle()), "0": () => this.show(this.data.from, this.data.to - this.data.from),
					ArrowLeft: () => this.move(-0.2), ArrowRight: () => this.move(0.2),
				};
				if (!keys[e.key] || e.ctrlKey || e.metaKey) return;
				keys[e.key]();
				e.preventDefault();
			});
		}
	}

	for (const figure of document.querySelectorAll("figure.gantt")) figure.gantt = new Gantt(figure);
})();

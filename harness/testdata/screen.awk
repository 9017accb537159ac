# SPDX-License-Identifier: Apache-2.0
#
# screen.awk: what a person sees in the end of what was written to a terminal, line by line.
# Run it with LC_ALL=C.  It knows what our programs write: letters in UTF-8, CR and LF, and of the
# escape sequences up (A), clear to the end (J, K) and graphics (m); any other ends it with
# status 1.

BEGIN {
	row = col = last = 0
	for (i = 128; i < 192; i++)
		rest = rest sprintf("%c", i)
}

function put(c) {
	if (index(rest, c)) {           # of the letter before
		cell[row, col - 1] = cell[row, col - 1] c
		return
	}
	cell[row, col++] = c
	width[row] = col > width[row] ? col : width[row]
	last = row > last ? row : last
}

function clear(from_row, from_col,	r, c) {
	for (r = from_row; r <= last; r++)
		for (c = r == from_row ? from_col : 0; c < width[r]; c++)
			cell[r, c] = " "
}

function escape(s,	n, end) {
	if (!match(s, /^\033\[[0-9;]*[AJKm]/)) {
		print "an escape sequence that nobody expects"
		exit 1
	}
	end = substr(s, RLENGTH, 1)
	n = substr(s, 3, RLENGTH - 3) + 0
	if (end == "A")
		row = row > n ? row - n : 0
	else if (end == "J")
		clear(row, col)
	else if (end == "K")
		for (n = col; n < width[row]; n++)
			cell[row, n] = " "
	return RLENGTH
}

{
	line = $0
	while (line != "") {
		c = substr(line, 1, 1)
		n = 1
		if (c == "\033")
			n = escape(line)
		else if (c == "\r")
			col = 0
		else
			put(c)
		line = substr(line, n + 1)
	}
	row++
	col = 0
	last = row > last ? row : last
}

END {
	for (r = 0; r < last; r++) {
		line = ""
		for (c = 0; c < width[r]; c++)
			line = line cell[r, c]
		sub(/ +$/, "", line)
		print line
	}
}

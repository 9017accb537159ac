// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// hint is ", did you mean X?" with the name nearest to word, or "".
func hint(word string, names []string, prefix string) string {
	best, nearest := "", 0
	for _, name := range names {
		d := edits(word, name)
		if len(word) >= 3 && strings.HasPrefix(name, word) {
			d = 1
		}
		// Beyond a third of the word it is another word, not a slip.
		if d > 1+len(name)/3 || d >= len(name) {
			continue
		}
		if best == "" || d < nearest {
			best, nearest = name, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(", did you mean %s%s?", prefix, best)
}

// edits counts insertions, deletions, replacements and exchanges of neighbours
// from a to b: the slips of a typing hand.
func edits(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			d[i][j] = d[i-1][j-1]
			if a[i-1] != b[j-1] {
				d[i][j]++
			}
			d[i][j] = least(d[i][j], least(d[i-1][j], d[i][j-1])+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = least(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func least(a, b int) int {
	if a < b {
		return a
	}
	return b
}

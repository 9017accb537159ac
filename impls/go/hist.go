// SPDX-License-Identifier: Apache-2.0

package main

import "math/bits"

// A histogram is a distribution of whole numbers, 64 buckets to each power of
// two; the one of workloads/hist.h, so that rows have the same resolution.
type histogram struct {
	count, max int64
	bucket     [64 * 58]int64
}

func (h *histogram) add(v int64) {
	if v < 0 {
		v = 0
	}
	shift := 0
	if v >= 128 {
		shift = bits.Len64(uint64(v)) - 7
	}
	h.bucket[64*shift+int(v>>shift)]++
	h.count++
	if v > h.max {
		h.max = v
	}
}

// quantile is the upper end of the bucket that so many thousandths of the
// numbers do not exceed, and never more than the largest; 0 of none.
func (h *histogram) quantile(permille int64) int64 {
	below := int64(0)
	for i, n := range h.bucket {
		below += n
		if below == 0 || below*1000 < h.count*permille {
			continue
		}
		shift := 0
		if i >= 128 {
			shift = i/64 - 1
		}
		last := int64(uint64(i-64*shift+1)<<shift - 1)
		if last > h.max {
			return h.max
		}
		return last
	}
	return 0
}

// report puts what a row says of a distribution of nanoseconds.
func (h *histogram) report(j *job) {
	j.counters["p50_ns"] = h.quantile(500)
	j.counters["p90_ns"] = h.quantile(900)
	j.counters["p99_ns"] = h.quantile(990)
	j.counters["p999_ns"] = h.quantile(999)
	j.counters["max_ns"] = h.max
	j.counters["samples"] = h.count
}

// SPDX-License-Identifier: Apache-2.0

package main

import "math"

// Shares say how even they are, by Jain's index; that of workloads/shares.h.
type shares struct {
	n, sum, squares      float64 // of the iteration under way
	iterations, permille int64
}

func (s *shares) add(x uint64) {
	s.n++
	s.sum += float64(x)
	s.squares += float64(x) * float64(x)
}

// end is that of an iteration, which counts if it was timed.
func (s *shares) end(j *job) {
	if j.timed && s.squares > 0 {
		s.iterations++
		s.permille += int64(math.Round(1000 * s.sum * s.sum / (s.n * s.squares)))
	}
	s.n, s.sum, s.squares = 0, 0, 0
	j.counters["jain_permille"] = 0
	if s.iterations > 0 {
		j.counters["jain_permille"] = s.permille / s.iterations
	}
}

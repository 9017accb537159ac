// SPDX-License-Identifier: Apache-2.0

package main

// The generator of workloads/lcg.h: the same seed gives the same numbers.
const (
	lcgA = 6364136223846793005
	lcgC = 1442695040888963407
)

func lcgNext(x uint64) uint64 { return lcgA*x + lcgC }

// lcgJump is n steps at once.
func lcgJump(x, n uint64) uint64 {
	a, c := uint64(lcgA), uint64(lcgC)
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			x = a*x + c
		}
		c = (a + 1) * c
		a *= a
	}
	return x
}

// SPDX-License-Identifier: Apache-2.0

package main

func spin(j *job) (func(), want) {
	steps := j.params["steps"]

	iterate := func() {
		x := j.seed
		for i := int64(0); i < steps; i++ {
			x = lcgNext(x)
		}
		j.executed += uint64(steps)
		j.checksum += x
	}
	return iterate, want{steps, uint64(steps), lcgJump(j.seed, uint64(steps))}
}

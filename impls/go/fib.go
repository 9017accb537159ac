// SPDX-License-Identifier: Apache-2.0

package main

type fibResult struct{ value, tasks uint64 }

func fib(j *job) (func(), want) {
	n := j.params["n"]
	compute := fibFork
	if j.params["serial"] == 1 {
		compute = fibSerial
	}

	iterate := func() {
		r := compute(n)
		j.executed += r.tasks
		j.checksum += r.value
	}
	tasks := fibLoop(n+1) - 1
	return iterate, want{int64(tasks), tasks, fibLoop(n)}
}

func fibFork(n int64) fibResult {
	if n < 2 {
		return fibResult{value: uint64(n)}
	}
	left := make(chan fibResult)
	go func() { left <- fibFork(n - 1) }()
	r := fibFork(n - 2)
	l := <-left
	return fibResult{l.value + r.value, l.tasks + r.tasks + 1}
}

func fibSerial(n int64) fibResult {
	if n < 2 {
		return fibResult{value: uint64(n)}
	}
	l, r := fibSerial(n-1), fibSerial(n-2)
	return fibResult{l.value + r.value, l.tasks + r.tasks + 1}
}

func fibLoop(n int64) uint64 {
	a, b := uint64(0), uint64(1)
	for ; n > 0; n-- {
		a, b = b, a+b
	}
	return a
}

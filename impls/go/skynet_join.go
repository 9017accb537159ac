// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

func skynetJoin(j *job) (func(), want) {
	leaves := skynetLeaves(j.params["depth"])
	sum := skynetSum
	if j.params["serial"] == 1 {
		sum = skynetSumSerial
	}

	iterate := func() {
		a := sum(0, leaves)
		j.executed += a.nodes
		j.checksum += a.sum
	}
	return iterate, skynetWant(leaves)
}

// skynetSum starts a goroutine for each child but the last, which it takes itself.
func skynetSum(first, leaves int64) skynetAnswer {
	if leaves == 1 {
		return skynetAnswer{uint64(first), 1}
	}
	var wg sync.WaitGroup
	var child [skynetChildren]skynetAnswer
	each := leaves / skynetChildren
	last := len(child) - 1

	wg.Add(last)
	for i := 0; i < last; i++ {
		go func(i int) {
			child[i] = skynetSum(first+int64(i)*each, each)
			wg.Done()
		}(i)
	}
	child[last] = skynetSum(first+int64(last)*each, each)
	wg.Wait()
	all := skynetAnswer{nodes: 1}
	for _, a := range child {
		all.sum += a.sum
		all.nodes += a.nodes
	}
	return all
}

func skynetSumSerial(first, leaves int64) skynetAnswer {
	if leaves == 1 {
		return skynetAnswer{uint64(first), 1}
	}
	all := skynetAnswer{nodes: 1}
	each := leaves / skynetChildren
	for i := int64(0); i < skynetChildren; i++ {
		a := skynetSumSerial(first+i*each, each)
		all.sum += a.sum
		all.nodes += a.nodes
	}
	return all
}

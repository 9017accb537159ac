// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

type utsCount struct{ nodes, leaves, sum uint64 }

// By depth, as in the C workload: sum is of the nodes' numbers.
var utsKnown = []utsCount{
	1: {13, 12, 0xf965515dd9d8f9af}, 2: {58, 46, 0x310ac326f55fffa2},
	3: {246, 196, 0x9ccc6788f9114c2e}, 4: {1002, 795, 0x1070f2dfca46e6d8},
	5: {3992, 3192, 0x57ccb0696d2e5362}, 6: {16020, 12803, 0x1307ad5e66afea6c},
	7: {64530, 51727, 0xa1896f0807d86175}, 8: {257889, 206174, 0x8bd14adce6e8cb5b},
	9: {1031194, 824562, 0x60aacccbb25f824c}, 10: {4123911, 3298706, 0x4be598ab7cfc11df},
}

const (
	utsRoot     = 124
	utsChildren = 100 // at most
	utsSteps    = lcgSteps(100)
)

func uts(j *job) (func(), want) {
	depth := j.params["depth"]
	count := utsCountGo
	if j.params["serial"] == 1 {
		count = utsCountSerial
	}

	iterate := func() {
		all := count(utsRoot, 0, depth)
		j.executed += all.nodes
		j.checksum += all.sum + all.leaves
	}
	known := utsKnown[depth]
	return iterate, want{int64(known.nodes), known.nodes, known.sum + known.leaves}
}

// utsHash is a node's number, by its parent's and its place.
func utsHash(parent uint64, place int) uint64 {
	x := parent + (uint64(place)+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return utsSteps.from(x ^ x>>31)
}

// utsDraw is from a geometric distribution of mean 4.
func utsDraw(number uint64) (count int) {
	for bound := uint64(0xcccccccccccccccd); number < bound && count < utsChildren; count++ {
		bound -= bound / 5
	}
	return count
}

// utsVisit is the node itself; how many children it has.
func utsVisit(parent uint64, place int, levels int64) (children int, all utsCount) {
	number := utsHash(parent, place)
	children = utsDraw(number)
	if levels == 0 {
		children = 0
	}
	all = utsCount{nodes: 1, sum: number}
	if children == 0 {
		all.leaves = 1
	}
	return children, all
}

func (c *utsCount) add(d utsCount) {
	c.nodes += d.nodes
	c.leaves += d.leaves
	c.sum += d.sum
}

func utsCountSerial(parent uint64, place int, levels int64) utsCount {
	children, all := utsVisit(parent, place, levels)
	number := all.sum
	for i := 0; i < children; i++ {
		all.add(utsCountSerial(number, i, levels-1))
	}
	return all
}

// utsCountGo starts a goroutine for each child but the last, which it takes itself.
func utsCountGo(parent uint64, place int, levels int64) utsCount {
	children, all := utsVisit(parent, place, levels)
	if children == 0 {
		return all
	}
	var wg sync.WaitGroup
	counts := make([]utsCount, children)
	number, last := all.sum, children-1

	wg.Add(last)
	for i := 0; i < last; i++ {
		go func(i int) {
			counts[i] = utsCountGo(number, i, levels-1)
			wg.Done()
		}(i)
	}
	counts[last] = utsCountGo(number, last, levels-1)
	wg.Wait()
	for _, c := range counts {
		all.add(c)
	}
	return all
}

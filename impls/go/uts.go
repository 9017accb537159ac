// SPDX-License-Identifier: Apache-2.0

package main

import (
	"crypto/sha1"
	"encoding/binary"
	"math"
	"sync"
)

type utsCount struct{ nodes, leaves uint64 }

// By depth, as in the C workload.
var utsKnown = []utsCount{
	1: {6, 5}, 2: {65, 59}, 3: {254, 201}, 4: {944, 744}, 5: {3987, 3232}, 6: {16000, 12839},
	7: {63914, 51124}, 8: {257042, 205878}, 9: {1031269, 825408}, 10: {4130071, 3305118},
}

type utsNode struct {
	state  [sha1.Size]byte
	levels int64 // below this node, at most
}

func uts(j *job) (func(), want) {
	known := utsKnown[j.params["depth"]]
	message := binary.BigEndian.AppendUint32(make([]byte, sha1.Size-4), 19)
	root := utsNode{sha1.Sum(message), j.params["depth"]}
	count := utsNode.count
	if j.params["serial"] == 1 {
		count = utsNode.countSerially
	}

	iterate := func() {
		all := count(root)
		j.executed += all.nodes
		j.checksum += all.leaves
	}
	return iterate, want{int64(known.nodes), known.nodes, known.leaves}
}

// children is drawn from a geometric distribution of mean 4.
func (n utsNode) children() int {
	if n.levels == 0 {
		return 0
	}
	u := float64(binary.BigEndian.Uint32(n.state[sha1.Size-4:])&math.MaxInt32) / (1 << 31)
	p := 1. / (1 + 4)
	return int(math.Min(math.Floor(math.Log(1-u)/math.Log(1-p)), 100))
}

func (n utsNode) child(number int) utsNode {
	var message [sha1.Size + 4]byte

	copy(message[:], n.state[:])
	binary.BigEndian.PutUint32(message[sha1.Size:], uint32(number))
	return utsNode{sha1.Sum(message[:]), n.levels - 1}
}

func (c *utsCount) add(d utsCount) {
	c.nodes += d.nodes
	c.leaves += d.leaves
}

func (n utsNode) countSerially() utsCount {
	below := n.children()
	if below == 0 {
		return utsCount{1, 1}
	}
	all := utsCount{nodes: 1}
	for i := 0; i < below; i++ {
		all.add(n.child(i).countSerially())
	}
	return all
}

// count starts a goroutine for each child but the last, which it takes itself.
func (n utsNode) count() utsCount {
	below := n.children()
	if below == 0 {
		return utsCount{1, 1}
	}
	var wg sync.WaitGroup
	counts := make([]utsCount, below)

	wg.Add(below - 1)
	for i := 0; i < below-1; i++ {
		go func(i int) {
			counts[i] = n.child(i).count()
			wg.Done()
		}(i)
	}
	counts[below-1] = n.child(below - 1).count()
	wg.Wait()
	all := utsCount{nodes: 1}
	for _, c := range counts {
		all.add(c)
	}
	return all
}

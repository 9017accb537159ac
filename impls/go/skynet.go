// SPDX-License-Identifier: Apache-2.0

package main

const skynetChildren = 10

type skynetAnswer struct{ sum, nodes uint64 }

func skynet(j *job) (func(), want) {
	leaves := skynetLeaves(j.params["depth"])

	iterate := func() {
		answers := make(chan skynetAnswer)
		go skynetNode(answers, 0, leaves)
		a := <-answers
		j.executed += a.nodes
		j.checksum += a.sum
	}
	return iterate, skynetWant(leaves)
}

func skynetNode(up chan<- skynetAnswer, first, leaves int64) {
	if leaves == 1 {
		up <- skynetAnswer{uint64(first), 1}
		return
	}
	answers := make(chan skynetAnswer)
	each := leaves / skynetChildren
	for i := int64(0); i < skynetChildren; i++ {
		go skynetNode(answers, first+i*each, each)
	}
	all := skynetAnswer{nodes: 1}
	for i := 0; i < skynetChildren; i++ {
		a := <-answers
		all.sum += a.sum
		all.nodes += a.nodes
	}
	up <- all
}

func skynetLeaves(depth int64) int64 {
	leaves := int64(1)
	for ; depth > 0; depth-- {
		leaves *= skynetChildren
	}
	return leaves
}

func skynetWant(leaves int64) want {
	nodes := (leaves*skynetChildren - 1) / (skynetChildren - 1)
	return want{nodes, uint64(nodes), uint64(leaves) * uint64(leaves-1) / 2}
}

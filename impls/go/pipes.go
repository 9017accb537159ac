// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"io"
	"os"
	"sync"
)

type pipePair struct {
	pingFrom, pingTo, pongFrom, pongTo *os.File
	echoed, sum                        uint64
}

func pipes(j *job) (func(), want) {
	rounds := j.params["rounds"]
	pairs := make([]pipePair, j.params["pairs"])
	var err error

	for i := range pairs {
		p := &pairs[i]
		p.pingFrom, p.pingTo, err = os.Pipe()
		must(err)
		p.pongFrom, p.pongTo, err = os.Pipe()
		must(err)
	}
	j.teardown = func() {
		for i := range pairs {
			p := &pairs[i]
			for _, f := range []*os.File{p.pingFrom, p.pingTo, p.pongFrom, p.pongTo} {
				must(f.Close())
			}
		}
	}
	echo := func(p *pipePair) {
		var message [8]byte

		for i := int64(0); i < rounds; i++ {
			v := 2 * receive(p.pingFrom, message[:])
			send(p.pongTo, message[:], v)
			p.echoed++
		}
	}
	ask := func(p *pipePair, first int64) {
		var message [8]byte

		for i := first; i < first+rounds; i++ {
			send(p.pingTo, message[:], uint64(i))
			p.sum += receive(p.pongFrom, message[:])
		}
	}
	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(2 * len(pairs))
		for i := range pairs {
			go func(i int) {
				echo(&pairs[i])
				wg.Done()
			}(i)
			go func(i int) {
				ask(&pairs[i], int64(i)*rounds)
				wg.Done()
			}(i)
		}
		wg.Wait()
		for i := range pairs {
			j.executed += pairs[i].echoed
			j.checksum += pairs[i].sum
			pairs[i].echoed, pairs[i].sum = 0, 0
		}
	}
	n := uint64(len(pairs)) * uint64(rounds)
	return iterate, want{int64(n), n, n * (n - 1)}
}

func send(to *os.File, message []byte, v uint64) {
	binary.LittleEndian.PutUint64(message, v)
	_, err := to.Write(message)
	must(err)
}

func receive(from *os.File, message []byte) uint64 {
	_, err := io.ReadFull(from, message)
	must(err)
	return binary.LittleEndian.Uint64(message)
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"os"
	"sync"
)

const fileBlock = 4096

func files(j *job) (func(), want) {
	gs, blocks := j.params["gs"], j.params["blocks"]
	file := make([]*os.File, gs)
	right := make([]uint64, gs)
	sums := make([]uint64, gs)
	var expected uint64
	var err error

	for g := range file {
		file[g], err = os.CreateTemp("", "schedlab-")
		must(err)
		must(os.Remove(file[g].Name()))
	}
	for i := int64(0); i < gs*blocks; i++ {
		expected += lcgJump(j.seed+uint64(i), fileBlock/8)
	}
	j.teardown = func() {
		for _, f := range file {
			must(f.Close())
		}
	}
	work := func(g int64) {
		block := make([]byte, fileBlock)

		for i := int64(0); i < blocks; i++ {
			x := j.seed + uint64(g*blocks+i)
			for k := 0; k < fileBlock; k += 8 {
				x = lcgNext(x)
				binary.LittleEndian.PutUint64(block[k:], x)
			}
			_, err := file[g].WriteAt(block, i*fileBlock)
			must(err)
		}
		for i := int64(0); i < blocks; i++ {
			x, same := j.seed+uint64(g*blocks+i), 0
			_, err := file[g].ReadAt(block, i*fileBlock)
			must(err)
			for k := 0; k < fileBlock; k += 8 {
				x = lcgNext(x)
				if binary.LittleEndian.Uint64(block[k:]) == x {
					same++
				}
			}
			if same == fileBlock/8 {
				right[g]++
			}
			sums[g] += binary.LittleEndian.Uint64(block[fileBlock-8:])
		}
	}
	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(int(gs))
		for g := int64(0); g < gs; g++ {
			go func(g int64) {
				work(g)
				wg.Done()
			}(g)
		}
		wg.Wait()
		for g := range right {
			j.executed += right[g]
			j.checksum += sums[g]
			right[g], sums[g] = 0, 0
		}
	}
	return iterate, want{gs * blocks, uint64(gs * blocks), expected}
}

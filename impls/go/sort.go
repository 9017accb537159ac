// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sort"
	"sync"
)

const sortCutoff = 2048 // numbers; smaller pieces are not worth a goroutine

func sortNumbers(j *job) (func(), want) {
	n, chunks := int(j.params["n"]), int(j.params["bubble"])
	serial := j.params["serial"] == 1
	input := make([]uint32, n)
	v, spare := make([]uint32, n), make([]uint32, n)
	x := j.seed

	for i := range input {
		x = lcgNext(x)
		input[i] = uint32(x >> 32)
	}
	copy(v, input)
	sort.Slice(v, func(a, b int) bool { return v[a] < v[b] })
	expected := placeSum(v)

	iterate := func() {
		copy(v, input)
		if chunks > 0 {
			bubbleInChunks(v, spare, chunks)
		} else {
			mergeSort(v, spare, serial)
		}
		j.executed += uint64(n)
		j.checksum += placeSum(v)
	}
	return iterate, want{int64(n), uint64(n), expected}
}

// placeSum is the sum of all numbers, each times its place from 1.
func placeSum(v []uint32) (sum uint64) {
	for i, x := range v {
		sum += uint64(i+1) * uint64(x)
	}
	return sum
}

func mergeSort(v, spare []uint32, serial bool) {
	if len(v) <= 16 {
		insertionSort(v)
		return
	}
	half := len(v) / 2
	serial = serial || len(v) < sortCutoff
	if serial {
		mergeSort(v[:half], spare[:half], true)
		mergeSort(v[half:], spare[half:], true)
	} else {
		var wg sync.WaitGroup

		wg.Add(1)
		go func() {
			mergeSort(v[:half], spare[:half], false)
			wg.Done()
		}()
		mergeSort(v[half:], spare[half:], false)
		wg.Wait()
	}
	copy(spare, v)
	mergePieces(spare[:half], spare[half:len(v)], v, serial)
}

// mergePieces splits a long merge in two: what is below the middle of the
// longer piece, and the rest.
func mergePieces(a, b, out []uint32, serial bool) {
	if len(out) < 2*sortCutoff || serial {
		mergeSerially(a, b, out)
		return
	}
	atA, atB := len(a)/2, len(b)/2
	if len(a) >= len(b) {
		atB = sort.Search(len(b), func(i int) bool { return b[i] >= a[atA] })
	} else {
		atA = sort.Search(len(a), func(i int) bool { return a[i] >= b[atB] })
	}
	var wg sync.WaitGroup

	wg.Add(1)
	go func() {
		mergePieces(a[:atA], b[:atB], out[:atA+atB], false)
		wg.Done()
	}()
	mergePieces(a[atA:], b[atB:], out[atA+atB:], false)
	wg.Wait()
}

func mergeSerially(a, b, out []uint32) {
	i := 0
	for k, y := range b {
		for ; i < len(a) && a[i] <= y; i++ {
			out[i+k] = a[i]
		}
		out[i+k] = y
	}
	copy(out[i+len(b):], a[i:])
}

func insertionSort(v []uint32) {
	for i := 1; i < len(v); i++ {
		x, k := v[i], i
		for ; k > 0 && v[k-1] > x; k-- {
			v[k] = v[k-1]
		}
		v[k] = x
	}
}

func bubbleSort(v []uint32) {
	n := len(v)
	for swapped := true; swapped; n-- {
		swapped = false
		for i := 1; i < n; i++ {
			if v[i-1] > v[i] {
				v[i-1], v[i] = v[i], v[i-1]
				swapped = true
			}
		}
	}
}

func bubbleInChunks(v, spare []uint32, chunks int) {
	if chunks == 1 {
		bubbleSort(v)
		return
	}
	var wg sync.WaitGroup

	wg.Add(chunks)
	for chunk := 0; chunk < chunks; chunk++ {
		go func(part []uint32) {
			bubbleSort(part)
			wg.Done()
		}(v[chunk*len(v)/chunks : (chunk+1)*len(v)/chunks])
	}
	wg.Wait()
	for chunk := 1; chunk < chunks; chunk++ {
		from, to := chunk*len(v)/chunks, (chunk+1)*len(v)/chunks
		copy(spare[:to], v[:to])
		mergeSerially(spare[:from], spare[from:to], v[:to])
	}
}

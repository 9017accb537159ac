// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

const maxQueens = 14

type queensResult struct{ ways, places uint64 }

// By a search of another kind, with sets of attacked columns as bits.
var queensKnown = [maxQueens + 1]queensResult{
	1: {1, 1}, 2: {0, 2}, 3: {0, 5}, 4: {2, 16}, 5: {10, 53}, 6: {4, 152}, 7: {40, 551},
	8: {92, 2056}, 9: {352, 8393}, 10: {724, 35538}, 11: {2680, 166925}, 12: {14200, 856188},
	13: {73712, 4674889}, 14: {365596, 27358552},
}

func nqueens(j *job) (func(), want) {
	n := int(j.params["n"])

	search := func() queensResult { return queensSearch(nil, n) }
	if j.params["serial"] == 1 {
		search = func() queensResult { return queensSerial(make([]int8, 0, n), n) }
	}
	iterate := func() {
		r := search()
		j.executed += r.places
		j.checksum += r.ways
	}
	known := queensKnown[n]
	return iterate, want{int64(known.places), known.places, known.ways}
}

// queensSearch counts the ways to complete a board, whose rows so far have
// their queens in these columns, with a goroutine for each place in the next.
func queensSearch(board []int8, n int) queensResult {
	if len(board) == n {
		return queensResult{ways: 1}
	}
	var wg sync.WaitGroup
	var results [maxQueens]queensResult
	var r queensResult

	for column := 0; column < n; column++ {
		if queenAttacked(board, column) {
			continue
		}
		next := make([]int8, len(board)+1)
		copy(next, board)
		next[len(board)] = int8(column)
		result := &results[r.places]
		r.places++
		wg.Add(1)
		go func() {
			*result = queensSearch(next, n)
			wg.Done()
		}()
	}
	wg.Wait()
	for _, below := range results[:r.places] {
		r.ways += below.ways
		r.places += below.places
	}
	return r
}

func queensSerial(board []int8, n int) queensResult {
	if len(board) == n {
		return queensResult{ways: 1}
	}
	var r queensResult
	for column := 0; column < n; column++ {
		if queenAttacked(board, column) {
			continue
		}
		below := queensSerial(append(board, int8(column)), n)
		r.ways += below.ways
		r.places += below.places + 1
	}
	return r
}

func queenAttacked(board []int8, column int) bool {
	for row, c := range board {
		aside, below := column-int(c), len(board)-row
		if aside == 0 || aside == below || aside == -below {
			return true
		}
	}
	return false
}

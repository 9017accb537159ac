// SPDX-License-Identifier: Apache-2.0

package main

import "sync"

const matmulBase = 32 // rows and columns of a block that is not cut further

// A matrix is a part of one with rows of n numbers.
type matrix struct {
	v       []uint64
	n, size int
}

func (m matrix) quadrant(row, column int) matrix {
	half := m.size / 2
	return matrix{m.v[row*half*m.n+column*half:], m.n, half}
}

func matmul(j *job) (func(), want) {
	n := 1 << j.params["log2_n"]
	numbers := make([]uint64, 3*n*n+2*n)
	x := j.seed

	for i := range numbers {
		x = lcgNext(x)
		numbers[i] = x >> 32
	}
	part := func(k int) []uint64 { return numbers[k*n*n : (k+1)*n*n] }
	a, b, c := part(0), part(1), part(2)
	u, v := numbers[3*n*n:3*n*n+n], numbers[3*n*n+n:]
	expected := uint64(0)
	for k := 0; k < n; k++ {
		var ua, bv uint64

		for i := 0; i < n; i++ {
			ua += u[i] * a[i*n+k]
			bv += b[k*n+i] * v[i]
		}
		expected += ua * bv
	}

	iterate := func() {
		for i := range c {
			c[i] = 0
		}
		blocks := multiply(matrix{a, n, n}, matrix{b, n, n}, matrix{c, n, n}, j.params["serial"] == 1)
		j.executed += blocks * matmulBase * matmulBase * matmulBase
		for i := 0; i < n; i++ {
			row := uint64(0)
			for k := 0; k < n; k++ {
				row += c[i*n+k] * v[k]
			}
			j.checksum += u[i] * row
		}
	}
	all := uint64(n) * uint64(n) * uint64(n)
	return iterate, want{int64(all), all, expected}
}

// multiply adds the product of a and b to c, and says of how many blocks.
func multiply(a, b, c matrix, serial bool) uint64 {
	if a.size == matmulBase {
		multiplyBlock(a, b, c)
		return 1
	}
	var blocks [4]uint64

	for inner := 0; inner < 2; inner++ {
		var wg sync.WaitGroup

		quadrant := func(i int) {
			blocks[i] += multiply(a.quadrant(i/2, inner), b.quadrant(inner, i%2), c.quadrant(i/2, i%2), serial)
		}
		for i := 0; i < 3; i++ {
			if serial {
				quadrant(i)
				continue
			}
			wg.Add(1)
			go func(i int) {
				quadrant(i)
				wg.Done()
			}(i)
		}
		quadrant(3)
		wg.Wait()
	}
	return blocks[0] + blocks[1] + blocks[2] + blocks[3]
}

func multiplyBlock(a, b, c matrix) {
	for i := 0; i < matmulBase; i++ {
		for k := 0; k < matmulBase; k++ {
			x := a.v[i*a.n+k]
			from := b.v[k*b.n:][:matmulBase]
			to := c.v[i*c.n:][:len(from)] // so that no index needs a check
			for column, y := range from {
				to[column] += x * y
			}
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/binary"
	"math/bits"
)

const (
	sha1Size  = 20
	sha1Block = 64
)

// sha1Sum is workloads/sha1.c, line by line: the standard library's is assembly, which
// would be compared with a C compiler's work where schedulers are. Only short
// messages: one block with its padding.
func sha1Sum(message []byte) (digest [sha1Size]byte) {
	h := [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
	var tail [sha1Block]byte

	// A one bit, zeros, and the length in the last eight bytes.
	n := copy(tail[:sha1Block-9], message)
	tail[n] = 0x80
	binary.BigEndian.PutUint64(tail[sha1Block-8:], uint64(n)*8)
	sha1Absorb(&h, &tail)
	for i, word := range h {
		binary.BigEndian.PutUint32(digest[4*i:], word)
	}
	return digest
}

func sha1Absorb(h *[5]uint32, block *[sha1Block]byte) {
	var w [80]uint32
	a, b, c, d, e := h[0], h[1], h[2], h[3], h[4]

	for t := 0; t < 16; t++ {
		w[t] = binary.BigEndian.Uint32(block[4*t:])
	}
	for t := 16; t < 80; t++ {
		w[t] = bits.RotateLeft32(w[t-3]^w[t-8]^w[t-14]^w[t-16], 1)
	}
	for t := 0; t < 20; t++ {
		a, b, c, d, e = bits.RotateLeft32(a, 5)+((d^b&(c^d))+e+0x5a827999+w[t]), a, bits.RotateLeft32(b, 30), c, d
	}
	for t := 20; t < 40; t++ {
		a, b, c, d, e = bits.RotateLeft32(a, 5)+((b^c^d)+e+0x6ed9eba1+w[t]), a, bits.RotateLeft32(b, 30), c, d
	}
	for t := 40; t < 60; t++ {
		a, b, c, d, e = bits.RotateLeft32(a, 5)+((b&c|(b|c)&d)+e+0x8f1bbcdc+w[t]), a, bits.RotateLeft32(b, 30), c, d
	}
	for t := 60; t < 80; t++ {
		a, b, c, d, e = bits.RotateLeft32(a, 5)+((b^c^d)+e+0xca62c1d6+w[t]), a, bits.RotateLeft32(b, 30), c, d
	}
	h[0] += a
	h[1] += b
	h[2] += c
	h[3] += d
	h[4] += e
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"net"
	"sync"
	"time"
)

const echoWords = 8

type echoConnection struct {
	client, server net.Conn
	first          uint64 // the messages are this one's successors
	served         uint64
	checksum       uint64 // of what came back as it was sent
	latencies      []time.Duration
	gaps           []time.Duration // after the request before, with a rate
}

func echo(j *job) (func(), want) {
	requests := int(j.params["requests"])
	all := make([]echoConnection, j.params["connections"])
	latencies := &histogram{}
	x, expected := j.seed, uint64(0)
	gaps := echoGaps(j, requests*len(all))

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	for i := range all {
		c := &all[i]
		c.client, err = net.Dial("tcp", listener.Addr().String())
		must(err)
		c.server, err = listener.Accept()
		must(err)
		c.first = x
		c.latencies = make([]time.Duration, requests)
		if gaps != nil {
			c.gaps = gaps[i*requests : (i+1)*requests]
		}
		for range c.latencies {
			x = lcgNext(x)
			expected += x
		}
	}
	must(listener.Close())
	j.teardown = func() {
		for i := range all {
			must(all[i].client.Close())
			must(all[i].server.Close())
		}
	}

	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(2 * len(all))
		for i := range all {
			go func(c *echoConnection) {
				c.serve(requests)
				wg.Done()
			}(&all[i])
			go func(c *echoConnection) {
				c.ask()
				wg.Done()
			}(&all[i])
		}
		wg.Wait()
		for i := range all {
			c := &all[i]
			j.executed += c.served
			j.checksum += c.checksum
			c.served, c.checksum = 0, 0
			if j.timed {
				for _, latency := range c.latencies {
					latencies.add(int64(latency))
				}
			}
		}
		if j.timed {
			latencies.report(j)
		}
	}
	ops := int64(requests * len(all))
	return iterate, want{ops, uint64(ops), expected}
}

// echoGaps is how long after the one before each request comes; nil without a
// rate.
func echoGaps(j *job, n int) []time.Duration {
	if j.params["rate"] == 0 {
		return nil
	}
	gaps := make([]time.Duration, n)
	mean := 1e9 * float64(j.params["connections"]) / float64(j.params["rate"])
	x := j.seed
	for i := range gaps {
		x = lcgNext(x)
		gaps[i] = time.Duration(-math.Log((float64(x>>32)+1)/(1<<32)) * mean)
	}
	return gaps
}

func (c *echoConnection) serve(requests int) {
	message := make([]byte, 8*echoWords)

	for i := 0; i < requests; i++ {
		_, err := io.ReadFull(c.server, message)
		must(err)
		_, err = c.server.Write(message)
		must(err)
		c.served++
	}
}

func (c *echoConnection) ask() {
	sent, received := make([]byte, 8*echoWords), make([]byte, 8*echoWords)
	x := c.first
	start := time.Now()

	for i := range c.latencies {
		due := true
		x = lcgNext(x)
		for word := 0; word < echoWords; word++ {
			binary.LittleEndian.PutUint64(sent[8*word:], x+uint64(word))
		}
		if c.gaps != nil {
			start = start.Add(c.gaps[i])
			time.Sleep(time.Until(start))
			due = !time.Now().Before(start)
		} else {
			start = time.Now()
		}
		_, err := c.client.Write(sent)
		must(err)
		_, err = io.ReadFull(c.client, received)
		must(err)
		c.latencies[i] = time.Since(start)
		if due && bytes.Equal(sent, received) {
			c.checksum += x
		}
	}
}

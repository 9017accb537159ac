// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"
)

const echoWords = 8

type echoConnection struct {
	client, server net.Conn // client is nil with a rate: the clients are another process's
	first          uint64   // the messages are this one's successors
	served         uint64
	checksum       uint64 // of what came back as it was sent
	latencies      []time.Duration
}

func echo(j *job) (func(), want) {
	requests := int(j.params["requests"])
	all := make([]echoConnection, j.params["connections"])
	latencies := &histogram{}
	x, expected := j.seed, uint64(0)
	var clients *load

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	if j.params["rate"] > 0 {
		clients = startLoad(j, listener.Addr().(*net.TCPAddr).Port)
	}
	for i := range all {
		c := &all[i]
		if clients == nil {
			c.client, err = net.Dial("tcp", listener.Addr().String())
			must(err)
		}
		c.server, err = listener.Accept()
		must(err)
		c.first = x
		c.latencies = make([]time.Duration, requests)
		for range c.latencies {
			x = lcgNext(x)
			expected += x
		}
	}
	must(listener.Close())
	j.teardown = func() {
		for i := range all {
			if clients == nil {
				must(all[i].client.Close())
			}
			must(all[i].server.Close())
		}
		if clients != nil {
			clients.stop()
		}
	}

	iterate := func() {
		var wg sync.WaitGroup

		wg.Add(len(all))
		for i := range all {
			go func(c *echoConnection) {
				c.serve(requests)
				wg.Done()
			}(&all[i])
		}
		if clients != nil {
			j.checksum += clients.iterate(j)
		} else {
			wg.Add(len(all))
			for i := range all {
				go func(c *echoConnection) {
					c.ask()
					wg.Done()
				}(&all[i])
			}
		}
		wg.Wait()
		for i := range all {
			c := &all[i]
			j.executed += c.served
			j.checksum += c.checksum
			c.served, c.checksum = 0, 0
			if j.timed && clients == nil {
				for _, latency := range c.latencies {
					latencies.add(int64(latency))
				}
			}
		}
		if j.timed && clients == nil {
			latencies.report(j)
		}
	}
	ops := int64(requests * len(all))
	return iterate, want{ops, uint64(ops), expected}
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

	for i := range c.latencies {
		x = lcgNext(x)
		for word := 0; word < echoWords; word++ {
			binary.LittleEndian.PutUint64(sent[8*word:], x+uint64(word))
		}
		start := time.Now()
		_, err := c.client.Write(sent)
		must(err)
		_, err = io.ReadFull(c.client, received)
		must(err)
		c.latencies[i] = time.Since(start)
		if bytes.Equal(sent, received) {
			c.checksum += x
		}
	}
}

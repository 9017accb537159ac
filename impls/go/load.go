// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// A load is the clients of echo with a rate: the same program as for the C cells,
// workloads/load/echo_load.c, whose head has what it is told and what it says.
type load struct {
	cmd    *exec.Cmd
	to     io.WriteCloser
	from   *bufio.Reader
	values [len(loadNames)]int64
}

// What it says of all that was timed so far.
var loadNames = [...]string{
	"p50_ns", "p90_ns", "p99_ns", "p999_ns", "max_ns", "samples",
	"sent_p50_ns", "sent_p99_ns", "sent_p999_ns",
	"load_late_p50_ns", "load_late_p99_ns", "load_late_max_ns", "load_cpu_permille", "load_shares_pus",
}

func startLoad(j *job, port int) *load {
	self, err := os.Executable()
	must(err)
	args := []string{strconv.Itoa(port)}
	for _, name := range []string{"connections", "requests", "rate"} {
		args = append(args, strconv.FormatInt(j.params[name], 10))
	}
	l := &load{cmd: exec.Command(filepath.Join(filepath.Dir(self), "echo-load"),
		append(args, strconv.FormatUint(j.seed, 10))...)}
	l.cmd.Stderr = os.Stderr
	l.to, err = l.cmd.StdinPipe()
	must(err)
	from, err := l.cmd.StdoutPipe()
	must(err)
	l.from = bufio.NewReader(from)
	must(l.cmd.Start())
	return l
}

// iterate is an iteration, until its last answer, and the sum of the messages that came
// back as they were sent.
func (l *load) iterate(j *job) (checksum uint64) {
	what := "w"
	if j.timed {
		what = "t"
	}
	_, err := io.WriteString(l.to, what)
	must(err)
	said := []interface{}{&checksum}
	for i := range l.values {
		said = append(said, &l.values[i])
	}
	_, err = fmt.Fscanln(l.from, said...)
	must(err)
	if j.timed {
		for i, name := range loadNames {
			j.counters[name] = l.values[i]
		}
	}
	return checksum
}

func (l *load) stop() {
	must(l.to.Close())
	must(l.cmd.Wait())
}

// SPDX-License-Identifier: Apache-2.0

// demo-go NAME P runs one of the small programs behind `schedlab demo` on P
// processors; P = 0: as many as the program would have without being told.
// They are the twins of workloads/demo/demos.c, mistakes included, and print
// the same words where a verdict looks for them.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

var demos = map[string]func(){
	"no-wait":        noWait,
	"forgotten-done": forgottenDone,
	"add-too-few":    addTooFew,
	"add-too-many":   addTooMany,
	"negative":       negative,
	"procs":          procs,
	"states":         states,
	"race":           race,
	"hog":            hog,
	"blocking":       blocking,
	"leak":           leak,
	"shutdown":       shutDown,
}

// openStandard opens what we were started without of standard input, output and
// error, before another file becomes that.
func openStandard() {
	for fd, mode := range []int{syscall.O_WRONLY, syscall.O_RDONLY, syscall.O_RDONLY} {
		var st syscall.Stat_t

		if syscall.Fstat(fd, &st) == syscall.EBADF {
			syscall.Open("/dev/null", mode, 0)
		}
	}
}

func main() {
	openStandard()
	if len(os.Args) != 3 {
		fmt.Fprintf(os.Stderr, "usage: %s NAME P\n", os.Args[0])
		os.Exit(2)
	}
	demo, p := demos[os.Args[1]], os.Args[2]
	n, err := strconv.Atoi(p)
	if demo == nil || err != nil {
		fmt.Fprintf(os.Stderr, "%s: no demo '%s' on '%s' processors\n", os.Args[0], os.Args[1], p)
		os.Exit(2)
	}
	if n > 0 {
		runtime.GOMAXPROCS(n)
	}
	demo()
}

// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/trace"
)

// tracers is how many goroutines the runtime's trace has of its own.
var tracers int

// startTrace begins the runtime's own trace, for go tool trace, if SCHEDLAB_TRACE names a
// file for it; what it returns ends it.
func startTrace() (func() error, error) {
	path := os.Getenv("SCHEDLAB_TRACE")
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err == nil {
		err = trace.Start(f)
	}
	if err != nil {
		return nil, fmt.Errorf("SCHEDLAB_TRACE: %v", err)
	}
	tracers = runtime.NumGoroutine() - 1
	return func() error {
		trace.Stop()
		if err := f.Close(); err != nil {
			return fmt.Errorf("SCHEDLAB_TRACE: %v", err)
		}
		return nil
	}, nil
}

func onceTraced(a *arguments) error {
	stop, err := startTrace()
	if err != nil {
		return err
	}
	err = once(a)
	if failed := stop(); err == nil {
		err = failed
	}
	return err
}

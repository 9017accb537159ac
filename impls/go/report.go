// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
)

type object map[string]interface{}

// benchmarkReport is the JSON that Google Benchmark writes of one run.
func benchmarkReport(a *arguments, m *measurement) object {
	n := float64(m.iterations)
	ops := n * float64(m.ops)
	name := fmt.Sprintf("%s/min_time:%.3f/process_time/real_time", a.workload.Name, a.minTime)
	run := object{
		"name": name, "run_name": name, "run_type": "iteration",
		"family_index": 0, "per_family_instance_index": 0,
		"repetitions": 1, "repetition_index": 0, "threads": 1,
		"iterations":    m.iterations,
		"real_time":     float64(m.real) / n,
		"cpu_time":      float64(m.cpu) / n,
		"time_unit":     "ns",
		"ns_per_op":     float64(m.real) / ops,
		"allocs_per_op": float64(m.mallocs) / ops,
		"bytes_per_op":  float64(m.bytes) / ops,
	}
	for name, value := range m.counters {
		run[name] = float64(value)
	}
	return object{
		"context":    object{"go_version": runtime.Version(), "num_cpus": runtime.NumCPU()},
		"benchmarks": []object{run},
	}
}

// detailReport is the JSON described in impls/README.md.
func detailReport(a *arguments, m *measurement) (object, error) {
	cpus, err := affinity()
	if err != nil {
		return nil, err
	}
	inherited, err := conditions()
	if err != nil {
		return nil, err
	}
	procs := runtime.GOMAXPROCS(0)
	bound := make([]int, procs)
	for p := range bound {
		bound[p] = -1 // Go binds no P
	}
	if m.iterationNs == nil {
		m.iterationNs = []int64{}
	}
	return object{
		"backend": backend, "workload": a.workload.Name, "params": a.params, "seed": a.seed,
		"procs": procs, "procs_source": a.procsSource,
		"affinity": cpus, "bound": bound, "conditions": inherited,
		"iterations": m.iterations, "warmups": m.warmups, "executed": m.executed,
		"checksum": "0x" + fmt.Sprintf("%016s", strconv.FormatUint(m.checksum, 16)),
		"counters": m.counters, "iteration_ns": m.iterationNs,
	}, nil
}

// claim finds out before anything is measured whether path can be written, and
// lets no older file pass for this one's.
func claim(path string) error {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	f.Close()
	return drop(path)
}

// drop removes a file; a device stays where it is.
func drop(path string) error {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return os.Remove(path)
}

// put writes a file whole or not at all; but a pipe or a device is written to,
// not replaced.
func put(path string, o object) error {
	text, err := json.MarshalIndent(o, "", " ")
	if err != nil {
		return err
	}
	if path == "" {
		_, err = fmt.Println(string(text))
		return err
	}
	if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
		return writeAndClose(f, text)
	}
	f, err := os.OpenFile(filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".tmp"),
		os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	err = writeAndClose(f, text)
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

func writeAndClose(f *os.File, text []byte) error {
	_, err := f.Write(text)
	// A pipe or a terminal cannot be synced, and need not be.
	if info, statErr := f.Stat(); err == nil && statErr == nil && info.Mode().IsRegular() {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

// sink is standard output for several goroutines; it keeps the first error.
type sink struct {
	mu  sync.Mutex
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := os.Stdout.Write(p)
	if s.err == nil {
		s.err = err
	}
	return n, err
}

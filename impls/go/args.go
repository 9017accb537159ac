// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// arguments is what the program was asked to do.
type arguments struct {
	list, info, once bool
	workload         declaration
	params           map[string]int64
	procs            int // 0: Go's default
	procsSource      string
	minTime          float64
	iterations       int64 // timed ones; 0: as many as take minTime
	out, detail      string
	seed             uint64
	plantWrong       bool
	plantUneven      bool   // an iteration does less, and a later one more
	lacks            string // what was asked for that Go has no knob for, in words
}

const maxProcs = 1024 // as in the C cells

// Of these Go has no use for distance: it steals from anybody.
var flagNames = []string{
	"list", "info", "once", "workload", "procs", "cpus", "distance", "set", "opt", "detail",
	"benchmark_min_time", "iterations", "benchmark_out", "benchmark_out_format",
}

// splitFlags gives each flag's values, in order; a flag that takes none has "".
func splitFlags(args []string) (given map[string][]string, err error) {
	given = map[string][]string{}
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		if !strings.HasPrefix(word, "--") {
			return nil, fmt.Errorf("'%.60s' is no flag", word)
		}
		name, value, hasValue := strings.Cut(word[2:], "=")
		if !contains(flagNames, name) {
			return nil, fmt.Errorf("unknown flag '--%.60s'%s", name, hint(name, flagNames, "--"))
		}
		switch name {
		case "list", "info", "once":
			if hasValue {
				return nil, fmt.Errorf("--%s takes no value", name)
			}
		default:
			if !hasValue {
				if len(args) == 0 {
					return nil, fmt.Errorf("--%s wants a value", name)
				}
				value, args = args[0], args[1:]
			}
		}
		if given[name] != nil && name != "set" && name != "opt" {
			return nil, fmt.Errorf("--%s is given twice", name)
		}
		given[name] = append(given[name], value)
	}
	return given, nil
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)
var plainDecimal = regexp.MustCompile(`^([0-9]+\.?[0-9]*|\.[0-9]+)$`)

// readInt takes a plain decimal integer from min to max and nothing else.
func readInt(flag, text string, min, max int64) (int64, error) {
	if !wholeNumber.MatchString(text) {
		return 0, fmt.Errorf("%s must be a whole number, not '%.60s'", flag, text)
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < min || v > max {
		return 0, fmt.Errorf("%s must be from %d to %d, not %.60s", flag, min, max, text)
	}
	return v, nil
}

func readPairs(flag string, pairs []string, set func(key, value string) error) error {
	seen := map[string]bool{}
	for _, pair := range pairs {
		key, value, _ := strings.Cut(pair, "=")
		if key == "" || value == "" {
			return fmt.Errorf("%s wants name=value, not '%.60s'", flag, pair)
		}
		if seen[key] {
			return fmt.Errorf("%s: %s is given twice", flag, key)
		}
		seen[key] = true
		if err := set(key, value); err != nil {
			return err
		}
	}
	return nil
}

func (a *arguments) readParam(key, value string) (err error) {
	var names []string
	for _, p := range a.workload.Params {
		if p.Name == key {
			a.params[key], err = readInt("--set "+key, value, p.Min, p.Max)
			return err
		}
		names = append(names, p.Name)
	}
	return fmt.Errorf("--set: %s has no parameter '%.60s'%s", a.workload.Name, key, hint(key, names, ""))
}

func (a *arguments) readOpt(key, value string) error {
	k, v, err := readKnob(key, value)
	if err != nil {
		return err
	}
	if k.lacks != "" {
		a.lacks = k.lacks
	}
	switch key {
	case "seed":
		a.seed = uint64(v)
	case "plant":
		a.plantWrong, a.plantUneven = value == "wrong", value == "uneven"
		if !contains(k.Words, value) {
			a.lacks = "cannot be given the fault " + value
		}
	}
	return nil
}

// readCPUs checks the list. Go does not let a program bind its Ps, so it is
// the process's CPU set, made by whoever started the cell, that counts.
func (a *arguments) readCPUs(list string) error {
	allowed, err := affinity()
	if err != nil {
		return err
	}
	var cpus []int
	for _, word := range strings.Split(list, ",") {
		cpu, err := readInt("--cpus", word, 0, math.MaxInt32)
		if err != nil {
			return err
		}
		if contains(cpus, int(cpu)) {
			return fmt.Errorf("--cpus wants different numbers such as 0,2, not '%.60s'", list)
		}
		if !contains(allowed, int(cpu)) {
			return fmt.Errorf("--cpus: this process may not use processor %d", cpu)
		}
		cpus = append(cpus, int(cpu))
	}
	if a.procs != 0 && a.procs != len(cpus) {
		return fmt.Errorf("--cpus names %d processors, but --procs is %d", len(cpus), a.procs)
	}
	a.procs, a.procsSource = len(cpus), "--cpus"
	return nil
}

func (a *arguments) readWorkload(name string, all []declaration) error {
	var names []string
	for _, d := range all {
		if d.Name == name {
			a.workload = d
			for _, p := range d.Params {
				a.params[p.Name] = p.Value
			}
			return nil
		}
		names = append(names, d.Name)
	}
	return fmt.Errorf("--workload: unknown workload '%.60s'%s", name, hint(name, names, ""))
}

func readArguments(words []string, all []declaration) (*arguments, error) {
	a := &arguments{params: map[string]int64{}, minTime: 0.5, seed: 1, procsSource: "Go's default"}
	given, err := splitFlags(words)
	if err != nil {
		return nil, err
	}
	first := func(name string) string {
		if len(given[name]) == 0 {
			return ""
		}
		return given[name][0]
	}
	a.list, a.info, a.once = given["list"] != nil, given["info"] != nil, given["once"] != nil
	a.out, a.detail = first("benchmark_out"), first("detail")
	if a.list || a.info {
		return a, nil
	}
	if given["workload"] == nil {
		return nil, fmt.Errorf("--workload is missing (--list shows what there is)")
	}
	if err = a.readWorkload(first("workload"), all); err != nil {
		return nil, err
	}
	procsFlag, procsText := "--procs", first("procs")
	if given["procs"] == nil && given["cpus"] == nil {
		procsFlag, procsText = "SCHEDLAB_PROCS", os.Getenv("SCHEDLAB_PROCS")
	}
	if given["procs"] != nil || procsText != "" {
		procs, err := readInt(procsFlag, procsText, 1, maxProcs)
		if err != nil {
			return nil, err
		}
		a.procs, a.procsSource = int(procs), procsFlag
	}
	if given["cpus"] != nil {
		if err = a.readCPUs(first("cpus")); err != nil {
			return nil, err
		}
	}
	if text := first("iterations"); given["iterations"] != nil {
		if a.iterations, err = readInt("--iterations", text, 1, 1e9); err != nil {
			return nil, err
		}
	}
	if text := first("benchmark_min_time"); given["benchmark_min_time"] != nil {
		a.minTime, err = strconv.ParseFloat(text, 64)
		if !plainDecimal.MatchString(text) || err != nil || a.minTime < 1e-6 || a.minTime > 3600 {
			return nil, fmt.Errorf("--benchmark_min_time wants seconds, a bare number up to 3600, not '%.60s'", text)
		}
	}
	if text := first("benchmark_out_format"); given["benchmark_out_format"] != nil && text != "json" {
		return nil, fmt.Errorf("--benchmark_out_format must be json, not '%.60s'", text)
	}
	if a.once && (a.out != "" || a.detail != "") {
		return nil, fmt.Errorf("--once measures nothing, so there is nothing to write to a file")
	}
	if a.out != "" && a.out == a.detail {
		return nil, fmt.Errorf("--benchmark_out and --detail name the same file, %s", a.out)
	}
	if err = readPairs("--set", given["set"], a.readParam); err != nil {
		return nil, err
	}
	return a, readPairs("--opt", given["opt"], a.readOpt)
}

func contains[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

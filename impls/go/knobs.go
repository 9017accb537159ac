// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"strings"
)

// A knob is what --opt sets: one of some words or, without words, a whole number.
// What lacks something is a knob of other back ends: Go does not apply where it is
// given.
type knob struct {
	Name  string   `json:"name"`
	Help  string   `json:"help"`
	Min   int64    `json:"min"`
	Max   int64    `json:"max"`
	Words []string `json:"words,omitempty"`

	others []string // words of other back ends
	lacks  string
}

var onOff = []string{"on", "off"}

var knobs = []knob{
	{Name: "seed", Help: "of everything random", Max: 1<<53 - 1},
	{Name: "slow", Max: 1000, lacks: "has a scheduler of its own, that cannot be made slower"},
	{Name: "plant", Help: "a planted fault, to see whether it is found", Words: []string{"wrong", "uneven"},
		others: []string{"no-lock", "no-preempt", "one-p"}},
	{Name: "slice_ms", Min: 1, Max: 1000, lacks: "has no time slice that could be set"},
	{Name: "stack_kib", Min: 32, Max: 1048576, lacks: "has no size of stacks that could be set"},
	{Name: "steal", Words: []string{"nearest", "random"}, lacks: "steals in no order that could be set"},
	{Name: "alone", Words: onOff, lacks: "has no 'alone' to turn off"},
	{Name: "judge", Words: onOff, lacks: "has no 'judge' to turn off"},
	{Name: "stuck", Words: onOff, lacks: "has no 'stuck' to turn off"},
	{Name: "share", Words: onOff, lacks: "has no 'share' to turn off"},
	{Name: "elsewhere", Words: onOff, lacks: "has no 'elsewhere' to turn off"},
}

// ownKnobs are those that mean something here.
func ownKnobs() (own []knob) {
	for _, k := range knobs {
		if k.lacks == "" {
			own = append(own, k)
		}
	}
	return own
}

// readKnob finds the knob of that name and reads its value, if it is a number.
func readKnob(name, value string) (k knob, v int64, err error) {
	var names []string
	for _, k = range knobs {
		if k.Name != name {
			names = append(names, k.Name)
			continue
		}
		words := append(append([]string{}, k.Words...), k.others...)
		if k.Words == nil {
			v, err = readInt("--opt "+name, value, k.Min, k.Max)
		} else if !contains(words, value) {
			err = fmt.Errorf("--opt %s must be one of %s, not '%.60s'", name, strings.Join(words, ", "), value)
		}
		return k, v, err
	}
	return k, 0, fmt.Errorf("--opt: unknown knob '%.60s'%s", name, hint(name, names, ""))
}

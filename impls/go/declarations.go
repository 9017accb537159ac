// SPDX-License-Identifier: Apache-2.0

package main

import (
	_ "embed"
	"encoding/json"
)

// What the C cells print with --info; the build lays it beside this file.
//
//go:embed workloads.json
var declarationsText []byte

type parameter struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
	Min   int64  `json:"min"`
	Max   int64  `json:"max"`
	Help  string `json:"help"`
}

type declaration struct {
	Name     string      `json:"name"`
	Kind     []string    `json:"kind"`
	Summary  string      `json:"summary"`
	Question string      `json:"question"`
	Metric   string      `json:"metric"`
	Params   []parameter `json:"params"`
	Needs    []string    `json:"needs"`
}

type information struct {
	Backend      string        `json:"backend"`
	Model        string        `json:"model"`
	Capabilities []string      `json:"capabilities"`
	Workloads    []declaration `json:"workloads"`
}

// declarations are those of the workloads that have a twin here, and of those
// that need what no twin could have.
func declarations() ([]declaration, error) {
	var info information

	if err := json.Unmarshal(declarationsText, &info); err != nil {
		return nil, err
	}
	var here []declaration
	for _, d := range info.Workloads {
		if twins[d.Name] != nil || contains(d.Needs, "threads") {
			here = append(here, d)
		}
	}
	return here, nil
}

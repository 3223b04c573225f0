package main

import (
	"fmt"
	"strings"
	"testing"
)

// difference is one line that only one of two texts has.
type difference struct {
	sign byte // '-' in the first, '+' in the second
	line int  // from 1, in its text
	text string
}

func (d difference) String() string { return fmt.Sprintf("%c%d %s", d.sign, d.line, d.text) }

// diffLines compares two texts by a longest common subsequence of lines.
func diffLines(a, b string) []difference {
	x, y := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	start := 0
	for start < len(x) && start < len(y) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < len(x)-start && end < len(y)-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	x, y = x[start:len(x)-end], y[start:len(y)-end]
	common := make([][]int, len(x)+1)
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []difference
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			out = append(out, difference{'-', start + i + 1, strings.TrimSuffix(x[i], "\n")})
			i++
		default:
			out = append(out, difference{'+', start + j + 1, strings.TrimSuffix(y[j], "\n")})
			j++
		}
	}
	return out
}

func TestDiffLines(t *testing.T) {
	got := lineDiff("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n")
	if want := "-2 b\n+2 x\n+5 e\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got := lineDiff("a\nb", "a\nb\n"); got != "-2 b\n+2 b\n+3 \n" && got != "-2 b\n+2 b\n" {
		t.Errorf("got\n%s", got)
	}
}
